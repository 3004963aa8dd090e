#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# An initiator that does what real ones do not, for 55-peers.t: owes data, does
# not read, sends too much at once.  What is in rules.py is about the letter of
# RFC 7143.
#
#   peer.py PORTAL PORT TARGET SCENARIO
#
# ends with status 0 if the target did what it should.  With several scenarios it
# prints a line for each: its name, what it is about, and what was wrong, if
# anything was, separated by tabs.

import os
import select
import socket
import struct
import sys
import time
import traceback

import rules
from initiator import *

# ---------------------------------------------------------------------------
# Scenarios

def owes_data(where):
    """Writes are asked for their data and get none"""
    peer = Initiator(where).ready()
    for i in range(8):
        _, pdu = peer.scsi(write10(i * 2048, 2048), FINAL | WRITE, 2048 * BLOCK)
        peer.sock.sendall(pdu)
    check(peer.receive().opcode == R2T, "no R2T")
    peer.closes()


def owes_half(where):
    """Immediate data stops half way"""
    peer = Initiator(where).ready()
    _, pdu = peer.scsi(write10(0, 8), FINAL | WRITE, 8 * BLOCK,
                       data=bytes(8 * BLOCK))
    peer.sock.sendall(pdu[:100])
    peer.closes()


def held(where):
    """A write behind the end, with data to come: it is not answered"""
    peer = Initiator(where, InitialR2T="No").ready()
    itt, pdu = peer.scsi(write10(1 << 30, 8), WRITE, 8 * BLOCK)
    peer.sock.sendall(pdu)
    peer.ping()
    return peer, itt


def abort(peer, itt):
    rsp = peer.manage(ABORT_TASK, itt, peer.cmd_sn - 1)
    check(rsp.response == 0, "ABORT TASK failed")


def owes_unsolicited(where):
    """A response waits for data that never comes"""
    peer, _ = held(where)
    peer.closes()


def aborts_unsolicited(where):
    """The same, but the initiator aborts it: nothing is due any more"""
    peer, itt = held(where)
    abort(peer, itt)
    itt, pdu = peer.scsi(write10(0, 8), WRITE, 8 * BLOCK)
    peer.sock.sendall(pdu)
    peer.ping()
    abort(peer, itt)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        peer.ping()
        time.sleep(0.2)


def reads_slowly(where):
    """The peer takes what it asked for in small pieces"""
    peer = Initiator(where, rcvbuf=262144).ready()
    for i in range(16):
        _, pdu = peer.scsi(read10(0, 8192), FINAL | READ, 8192 * BLOCK)
        peer.sock.sendall(pdu)
    end = time.monotonic() + LIMIT
    while not peer.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        check(time.monotonic() < end, "still not closed")
        try:
            if not peer.sock.recv(16384):
                return
        except ConnectionResetError:
            return
        time.sleep(0.1)


def refused():
    """Commands that found no memory"""
    with open("/proc/scsi_tgt/sgv") as sgv:
        for line in sgv:
            if line.startswith("Hi watermark"):
                return int(line.rsplit("/", 1)[1])


def leaves_room(where):
    """One that takes nothing of what it asks for does not keep another out"""
    before = refused()
    greedy = Initiator(where, rcvbuf=65536).ready()
    for i in range(16):
        _, pdu = greedy.scsi(read10(0, 32768), FINAL | READ, 32768 * BLOCK)
        greedy.sock.sendall(pdu)
    end = time.monotonic() + LIMIT
    while refused() == before:
        check(time.monotonic() < end, "it can have all that it wants")
        time.sleep(0.05)
    other = Initiator(where, isid=0x801234567801).ready()
    itt, pdu = other.scsi(read10(0, 128), FINAL | READ, 128 * BLOCK)
    other.sock.sendall(pdu)
    rsp = other.expect(DATA_IN, itt)
    check(rsp.flags & 1 and rsp.status == GOOD, "no status with the data")


def floods(where):
    """More pings than the target keeps, all sent before the first is read"""
    peer = Initiator(where)
    todo = b""
    for i in range(400):
        _, pdu = peer.send(NOP_OUT | IMMEDIATE, FINAL, words=(TAG_NONE,),
                           data=bytes([i & 0xff]) * 8000)
        todo += pdu
    first = peer.itt - 399
    while todo and select.select([], [peer.sock], [], 0.3)[1]:
        todo = todo[peer.sock.send(todo[:65536]):]
    for i in range(400):
        if todo:
            peer.sock.setblocking(False)
            try:
                todo = todo[peer.sock.send(todo[:65536]):]
            except BlockingIOError:
                pass
            peer.sock.settimeout(LIMIT)
        rsp = peer.receive()
        check(rsp.itt == first + i and rsp.data == bytes([i & 0xff]) * 8000,
              f"echo {i} is wrong")


def writes_at_once(where):
    """Writes with immediate data, as many as the window allows in one go"""
    peer = Initiator(where).ready()
    for part in range(8):
        pdus = [peer.scsi(write10(part * 256 + i * 8, 8), FINAL | WRITE,
                          8 * BLOCK, data=bytes([part * 32 + i]) * 8 * BLOCK)[1]
                for i in range(32)]
        peer.sock.sendall(b"".join(pdus))
        for _ in pdus:
            rsp = peer.receive()
            check(rsp.opcode == SCSI_RSP and rsp.status == 0,
                  f"opcode {rsp.opcode:#x} status {rsp.status:#x}")
    for part in range(8):
        peer.sock.sendall(b"".join(
            peer.scsi(read10(part * 256 + i * 8, 8), FINAL | READ,
                      8 * BLOCK)[1] for i in range(32)))
        for _ in range(32):
            rsp = peer.receive()
            i = rsp.itt - (peer.itt - 31)	# they may come in any order
            check(rsp.data == bytes([part * 32 + i]) * 8 * BLOCK,
                  f"block {part * 256 + i * 8} is wrong")


def odd_lengths(where):
    """Data that needs padding, many times in one batch"""
    peer = Initiator(where).ready()
    peer.sock.sendall(b"".join(
        peer.scsi(struct.pack(">BBBHB", 0x12, 0, 0, n, 0), FINAL | READ, n)[1]
        for n in range(1, 31)))
    got = [peer.receive().data for _ in range(30)]
    check([len(d) for d in got] == list(range(1, 31)), "wrong lengths")
    check(all(got[-1].startswith(d) for d in got), "wrong data")


def comes_back(where):
    """Logs in again and again, to a target for one session"""
    peers = []
    for _ in range(20):
        peers.append(Initiator(where))
        peers[-1].ping()
    for old in peers[:-1]:
        old.closes(least=0)


def names(where, *addresses):
    """SendTargets inside a session"""
    peer = Initiator(where)
    peer.put(TEXT_REQ, FINAL, words=(TAG_NONE,), data=b"SendTargets=\0")
    rsp = peer.receive()
    expected = [f"TargetName={where[2]}"] + \
        [f"TargetAddress={a},1" for a in addresses]
    check(rsp.opcode == TEXT_RSP, f"opcode {rsp.opcode:#x} is no answer")
    check(rsp.data.decode().split("\0")[:-1] == expected, f"{rsp.data}")


def names_itself(where):
    names(where, f"{where[0]}:{where[1]}")


def names_configured(where):
    names(where, "forward.example.com:3333", f"[fd00::1]:{where[1]}")


def listens(where):
    """Events are not for everybody"""
    netlink = Netlink()
    netlink.sock.setsockopt(270, 1, netlink.group)
    os.setuid(65534)
    try:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) \
            .setsockopt(270, 1, netlink.group)
    except PermissionError:
        return
    sys.exit("anybody may listen to events")


def stays(where):
    """A target is deleted although somebody uses it, and then kept"""
    peer = Initiator(where)
    peer.ping()
    netlink = Netlink()
    begin = time.monotonic()
    ret = netlink(TARGET_DEL, u32(1, 1))
    took = time.monotonic() - begin
    check(ret == -EBUSY, f"target-del: {ret}")
    check(took < 2 * SLOW, f"target-del took {took:.1f} s")
    try:
        Initiator(where, isid=0x80123456789b)
    except Closed:
        pass
    else:
        sys.exit("a target that goes takes sessions")
    check(netlink(TARGET_SET, u32(1, 1)) == {}, "target-set failed")
    Initiator(where, isid=0x80123456789b).ping()


def connection():
    """Both ends of a TCP connection"""
    listener = socket.create_server(("127.0.0.1", 0))
    far = socket.create_connection(listener.getsockname())
    return far, listener.accept()[0]


def session_new(netlink, sock, tsih, name="iqn.2007-05.com.example:fd", isid=None,
                user=None):
    attrs = [u32(1, 1), (3, name.encode() + b"\0"),
             (5, isid or bytes(4) + struct.pack(">H", tsih)), u16(6, tsih),
             u16(7, 0), (9, struct.pack("i", sock.fileno())), u32(10, 1),
             u32(11, 1)]
    if user:
        attrs.append((4, user.encode() + b"\0"))
    return netlink(SESSION_NEW, *attrs)


def same_socket(where):
    """A socket can be in one session only"""
    far, near = connection()
    netlink = Netlink()
    check(isinstance(session_new(netlink, near, 1001), dict),
          "session-new failed")
    ret = session_new(netlink, near, 1002)
    check(ret == -EBUSY, f"the same socket again: {ret}")
    far.close()
    # Its callbacks have to be those of before
    near.settimeout(LIMIT)
    try:
        near.recv(1)
    except ConnectionError:
        pass


def users(where):
    """A user neither ends what is another one's nor is one by his name"""
    ends = [connection() for _ in range(3)]
    netlink = Netlink()

    def new(i, **args):
        return session_new(netlink, ends[i][1], 1001 + i, isid=bytes(6), **args)

    check(isinstance(new(0, user="joe"), dict), "session-new failed")
    ret = new(1, user="jim")
    check(ret == -EPERM, f"the session of another user: {ret}")
    ret = new(1, name="joe@iqn.2007-05.com.example:fd")
    check(ret == -EINVAL, f"a name like that of a user: {ret}")
    ret = new(2, user="joe")
    check(ret == -EEXIST, f"one's own session: {ret}")


def outcome(scenario, where):
    """What went wrong, if anything did"""
    try:
        scenario(where)
    except SystemExit as error:
        return error.code
    except Closed:
        return "the target has closed the connection"
    except Exception:
        return traceback.format_exc()
    return None


def main():
    where = (sys.argv[1], int(sys.argv[2]), sys.argv[3])
    scenarios = [globals().get(name) or getattr(rules, name)
                 for name in sys.argv[4:]]
    if len(scenarios) == 1:
        sys.exit(outcome(scenarios[0], where))
    for scenario in scenarios:
        wrong = outcome(scenario, where) or ""
        print(scenario.__name__, scenario.__doc__, " ".join(wrong.split()),
              sep="\t", flush=True)


if __name__ == "__main__":
    main()
