#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# An initiator that does what real ones do not, for 55-peers.t: owes data, does
# not read, sends too much at once.  Speaks raw iSCSI (RFC 7143) and netlink, and
# knows only what the scenarios below need.
#
#   peer.py PORTAL PORT TARGET SCENARIO
#
# Ends with status 0 if the target did what it should.

import os
import select
import socket
import struct
import sys
import time

SLOW = int(os.environ.get("SLOW", "1"))
LIMIT = 30 * SLOW	# for whatever has to happen at all
BLOCK = 512
TAG_NONE = 0xffffffff

NOP_OUT, SCSI_CMD, TMF_REQ, LOGIN_REQ, TEXT_REQ = 0x00, 0x01, 0x02, 0x03, 0x04
TEXT_RSP = 0x24
NOP_IN, SCSI_RSP, TMF_RSP, LOGIN_RSP, DATA_IN = 0x20, 0x21, 0x22, 0x23, 0x25
R2T, ASYNC = 0x31, 0x32
IMMEDIATE, FINAL, READ, WRITE = 0x40, 0x80, 0x40, 0x20


class Closed(Exception):
    """The target has closed the connection."""


def check(condition, text):
    if not condition:
        sys.exit(text)


class Pdu:
    def __init__(self, bhs, data):
        self.opcode = bhs[0] & 0x3f
        self.flags = bhs[1]
        self.response, self.status = bhs[2], bhs[3]
        self.itt, self.ttt = struct.unpack(">II", bhs[16:24])
        self.stat_sn, self.exp_cmd_sn, self.max_cmd_sn = \
            struct.unpack(">III", bhs[24:36])
        self.word36, self.offset = struct.unpack(">II", bhs[36:44])
        self.data = data


class Initiator:
    def __init__(self, where, rcvbuf=None, isid=0x80123456789a, **keys):
        self.sock = socket.socket()
        if rcvbuf:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.sock.settimeout(LIMIT)
        self.sock.connect((where[0], where[1]))
        self.exp_stat_sn = 0
        self.cmd_sn = 1
        self.itt = 0
        self.buf = b""
        self.login(where[2], isid, keys)

    def send(self, opcode, flags, lun=0, itt=None, words=(), data=b"",
             cdb=b""):
        """words: from byte 20 on; CmdSN and ExpStatSN are put in here"""
        if itt is None:
            self.itt += 1
            itt = self.itt
        bhs = struct.pack(">BBHI", opcode, flags, 0, len(data))
        bhs += struct.pack(">HHI", lun, 0, 0) + struct.pack(">I", itt)
        bhs += struct.pack(">III", (words or (0,))[0], self.cmd_sn,
                           self.exp_stat_sn)
        bhs += (cdb or b"".join(struct.pack(">I", w) for w in words[1:]))
        bhs = bhs.ljust(48, b"\0")
        if not opcode & IMMEDIATE:
            self.cmd_sn += 1
        return itt, bhs + data + bytes(-len(data) % 4)

    def put(self, *args, **kwargs):
        itt, pdu = self.send(*args, **kwargs)
        self.sock.sendall(pdu)
        return itt

    def bytes(self, n):
        while len(self.buf) < n:
            try:
                more = self.sock.recv(1 << 16)
            except ConnectionResetError:
                more = b""
            if not more:
                raise Closed
            self.buf += more
        ret, self.buf = self.buf[:n], self.buf[n:]
        return ret

    def receive(self):
        """The next PDU that is an answer; pings of the target get theirs"""
        while True:
            bhs = self.bytes(48)
            n = struct.unpack(">I", bhs[4:8])[0] & 0xffffff
            pdu = Pdu(bhs, self.bytes(n + -n % 4)[:n])
            if pdu.opcode not in (R2T, DATA_IN) or pdu.flags & 1:
                self.exp_stat_sn = pdu.stat_sn + 1
            if pdu.opcode == NOP_IN and pdu.itt == TAG_NONE:
                if pdu.ttt != TAG_NONE:
                    self.put(NOP_OUT | IMMEDIATE, FINAL, itt=TAG_NONE,
                             words=(pdu.ttt,))
            elif pdu.opcode != ASYNC:
                return pdu

    def login(self, target, isid, keys):
        text = {"InitiatorName": "iqn.2007-05.com.example:peer",
                "TargetName": target, "SessionType": "Normal",
                "HeaderDigest": "None", "DataDigest": "None",
                "InitialR2T": "Yes", "ImmediateData": "Yes",
                "MaxRecvDataSegmentLength": "262144"}
        text.update(keys)
        data = "".join(f"{k}={v}\0" for k, v in text.items()).encode()
        _, pdu = self.send(LOGIN_REQ | IMMEDIATE, 0x87, data=data)
        # ISID and TSIH are where the others have a LUN
        self.sock.sendall(pdu[:8] + isid.to_bytes(6, "big") + b"\0\0" + pdu[16:])
        rsp = self.receive()
        check(rsp.opcode == LOGIN_RSP, "no answer to the login")
        if rsp.word36 >> 16:
            raise Closed
        check(rsp.flags & 0x87 == 0x87, "login does not end")

    def ready(self):
        """TEST UNIT READY until unit attentions are over"""
        while True:
            self.sock.sendall(self.scsi(bytes(6), FINAL, 0)[1])
            if not self.receive().status:
                return self

    def scsi(self, cdb, flags, length, lun=0, data=b"", op=SCSI_CMD):
        return self.send(op, flags, lun, words=(length,), data=data,
                         cdb=cdb.ljust(16, b"\0"))

    def ping(self):
        itt = self.put(NOP_OUT | IMMEDIATE, FINAL, words=(TAG_NONE,))
        rsp = self.receive()
        check(rsp.opcode == NOP_IN and rsp.itt == itt,
              f"opcode {rsp.opcode:#x} instead of an echo")

    def closes(self, least=1):
        """The target has had enough, but not at once"""
        begin = time.monotonic()
        try:
            while True:
                self.receive()
        except Closed:
            pass
        took = time.monotonic() - begin
        check(took >= least, f"closed after {took:.1f} s only")
        check(took < LIMIT / 2, f"closed after {took:.1f} s")


def cdb10(op, lba, blocks):
    return struct.pack(">BBIBHB", op, 0, lba, 0, blocks, 0)


def write10(lba, blocks):
    return cdb10(0x2a, lba, blocks)


def read10(lba, blocks):
    return cdb10(0x28, lba, blocks)


# ---------------------------------------------------------------------------
# Netlink, as the specification in Documentation/netlink/specs has it

class Netlink:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(LIMIT)
        self.sock.bind((0, 0))
        # GETFAMILY by name
        family = self.ask(16, 3, (2, b"scst-iscsi\0"))
        self.family = struct.unpack("H", family[1][:2])[0]
        group = self.attrs(self.attrs(family[7])[1])
        self.group = struct.unpack("I", group[2])[0]

    @staticmethod
    def attrs(data):
        found = {}
        while data:
            n, kind = struct.unpack("HH", data[:4])
            found[kind & 0x3fff] = data[4:n]
            data = data[n + -n % 4:]
        return found

    def ask(self, family, cmd, *attrs):
        """Attributes of the reply; a negative errno if there is none"""
        body = struct.pack("BBH", cmd, 1, 0)
        for kind, val in attrs:
            body += struct.pack("HH", 4 + len(val), kind) + val
            body += bytes(-len(val) % 4)
        self.sock.send(struct.pack("IHHII", 16 + len(body), family, 5, 1, 0) +
                       body)
        reply = {}
        while True:
            msg = self.sock.recv(1 << 16)
            if struct.unpack("H", msg[4:6])[0] == 2:
                error = struct.unpack("i", msg[16:20])[0]
                return error or reply
            reply = self.attrs(msg[20:struct.unpack("I", msg[:4])[0]])

    def __call__(self, cmd, *attrs):
        return self.ask(self.family, cmd, *attrs)


def u32(kind, val):
    return kind, struct.pack("I", val)


def u16(kind, val):
    return kind, struct.pack("H", val)


EPERM, EBUSY, EEXIST, EINVAL = 1, 16, 17, 22
TARGET_DEL, TARGET_SET, SESSION_NEW = 2, 3, 5


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
    peer.put(TMF_REQ | IMMEDIATE, FINAL | 1, words=(itt, 0, peer.cmd_sn - 1))
    rsp = peer.receive()
    check(rsp.opcode == TMF_RSP and rsp.response == 0, "ABORT TASK failed")


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


if __name__ == "__main__":
    scenario = globals()[sys.argv[4]]
    try:
        scenario((sys.argv[1], int(sys.argv[2]), sys.argv[3]))
    except Closed:
        sys.exit("the target has closed the connection")
