# SPDX-License-Identifier: GPL-2.0
#
# Raw iSCSI (RFC 7143) and netlink, for peer.py and rules.py: builds each PDU as it
# is told to, right or wrong, and looks closely at those that come back.

import os
import socket
import struct
import sys
import time

SLOW = int(os.environ.get("SLOW", "1"))
LIMIT = 30 * SLOW	# for whatever has to happen at all
BLOCK = 512
TAG_NONE = 0xffffffff

NOP_OUT, SCSI_CMD, TMF_REQ, LOGIN_REQ, TEXT_REQ = 0x00, 0x01, 0x02, 0x03, 0x04
DATA_OUT, LOGOUT_REQ, SNACK = 0x05, 0x06, 0x10
NOP_IN, SCSI_RSP, TMF_RSP, LOGIN_RSP, TEXT_RSP = 0x20, 0x21, 0x22, 0x23, 0x24
DATA_IN, LOGOUT_RSP, R2T, ASYNC, REJECT = 0x25, 0x26, 0x31, 0x32, 0x3f
IMMEDIATE, FINAL, CONTINUE, READ, WRITE = 0x40, 0x80, 0x40, 0x40, 0x20

ABORT_TASK, ABORT_TASK_SET, CLEAR_ACA, CLEAR_TASK_SET = 1, 2, 3, 4
LUN_RESET, WARM_RESET, COLD_RESET, TASK_REASSIGN = 5, 6, 7, 8

GOOD, CHECK_CONDITION, TASK_ABORTED = 0x00, 0x02, 0x40


class Closed(Exception):
    """The target has closed the connection."""


def check(condition, text):
    if not condition:
        sys.exit(text)


def crc32c_row(n):
    for _ in range(8):
        n = n >> 1 ^ (0x82f63b78 if n & 1 else 0)
    return n


CRC32C = [crc32c_row(n) for n in range(256)]


def crc32c(data):
    """A digest as it goes over the wire (RFC 7143 13.1)"""
    crc = 0xffffffff
    for byte in data:
        crc = crc >> 8 ^ CRC32C[(crc ^ byte) & 0xff]
    return struct.pack("<I", crc ^ 0xffffffff)


class Pdu:
    def __init__(self, bhs, data):
        self.opcode = bhs[0] & 0x3f
        self.flags = bhs[1]
        self.response, self.status = bhs[2], bhs[3]
        self.lun = bhs[8:16]
        self.itt, self.ttt = struct.unpack(">II", bhs[16:24])
        self.stat_sn, self.exp_cmd_sn, self.max_cmd_sn = \
            struct.unpack(">III", bhs[24:36])
        self.word36, self.offset, self.length = struct.unpack(">III", bhs[36:48])
        self.data = data

    def has_status(self):
        """Does it use up its StatSN?"""
        if self.opcode == DATA_IN:
            return self.flags & 1
        return self.opcode != R2T and (self.opcode, self.itt) != (NOP_IN, TAG_NONE)

    def sense(self):
        """Key, ASC and ASCQ of fixed format sense data"""
        return self.data[4] & 0xf, self.data[14], self.data[15]


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
        self.header_digest = self.data_digest = False
        self.login(where[2], isid, keys)

    def send(self, opcode, flags, lun=0, itt=None, words=(), data=b"",
             cdb=b"", cmd_sn=None, ahs=b"", spoil=""):
        """The PDU, ready to be sent, and its tag.

        words: from byte 20 on; CmdSN and ExpStatSN are put in here
        cmd_sn: another one than is due, which then stays due
        spoil: "header" or "data", whose digest is to be wrong
        """
        if itt is None:
            self.itt += 1
            itt = self.itt
        numbered = opcode not in (DATA_OUT, SNACK)
        bhs = struct.pack(">BBHI", opcode, flags, 0, len(ahs) << 22 | len(data))
        bhs += struct.pack(">HHI", lun, 0, 0) + struct.pack(">I", itt)
        if cmd_sn is None:
            cmd_sn = self.cmd_sn
            if numbered and not opcode & IMMEDIATE:
                self.cmd_sn += 1
        bhs += struct.pack(">III", (words or (0,))[0], cmd_sn if numbered else 0,
                           self.exp_stat_sn)
        bhs += (cdb or b"".join(struct.pack(">I", w) for w in words[1:]))
        head = bhs.ljust(48, b"\0") + ahs
        data += bytes(-len(data) % 4)
        return itt, head + self.digest(self.header_digest, head, spoil == "header") \
            + data + self.digest(self.data_digest and data, data, spoil == "data")

    @staticmethod
    def digest(used, data, wrong):
        if not used:
            return b""
        digest = crc32c(data)
        return bytes([digest[0] ^ wrong]) + digest[1:]

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

    def digested(self, used, n):
        data = self.bytes(n)
        check(not (used and n) or self.bytes(4) == crc32c(data),
              "the target's digest is wrong")
        return data

    def next(self):
        """The next PDU, whatever it is"""
        bhs = self.digested(self.header_digest, 48)
        n = struct.unpack(">I", bhs[4:8])[0] & 0xffffff
        pdu = Pdu(bhs, self.digested(self.data_digest, n + -n % 4)[:n])
        if pdu.has_status():
            check(pdu.stat_sn == self.exp_stat_sn or pdu.opcode == LOGIN_RSP,
                  f"StatSN {pdu.stat_sn} instead of {self.exp_stat_sn}")
            self.exp_stat_sn = pdu.stat_sn + 1
        return pdu

    def receive(self):
        """The next PDU that is an answer; pings of the target get theirs"""
        while True:
            pdu = self.next()
            if pdu.opcode == NOP_IN and pdu.itt == TAG_NONE:
                if pdu.ttt != TAG_NONE:
                    self.put(NOP_OUT | IMMEDIATE, FINAL, itt=TAG_NONE,
                             words=(pdu.ttt,))
            elif pdu.opcode != ASYNC:
                return pdu

    def expect(self, opcode, itt, **fields):
        """The next answer has to be this one"""
        rsp = self.receive()
        check((rsp.opcode, rsp.itt) == (opcode, itt),
              f"opcode {rsp.opcode:#x} tag {rsp.itt:#x} "
              f"instead of {opcode:#x} {itt:#x}")
        for name, value in fields.items():
            got = getattr(rsp, name)
            check(got == value, f"{name} is {got}, not {value}")
        return rsp

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
        agreed = rsp.data.split(b"\0")
        self.header_digest = b"HeaderDigest=CRC32C" in agreed
        self.data_digest = b"DataDigest=CRC32C" in agreed

    def ready(self, *luns):
        """TEST UNIT READY until unit attentions are over"""
        for lun in luns or (0,):
            while True:
                self.sock.sendall(self.scsi(bytes(6), FINAL, 0, lun)[1])
                if not self.receive().status:
                    break
        return self

    def scsi(self, cdb, flags, length, lun=0, data=b"", op=SCSI_CMD, **kwargs):
        return self.send(op, flags, lun, words=(length,), data=data,
                         cdb=cdb.ljust(16, b"\0"), **kwargs)

    def start(self, *args, **kwargs):
        """Send a SCSI command"""
        itt, pdu = self.scsi(*args, **kwargs)
        self.sock.sendall(pdu)
        return itt

    def feed(self, r2t, data, **kwargs):
        """What an R2T asks for, in one PDU"""
        self.put(DATA_OUT, FINAL, itt=r2t.itt, words=(r2t.ttt, 0, 0, r2t.offset),
                 data=data, **kwargs)

    def ping(self):
        itt = self.put(NOP_OUT | IMMEDIATE, FINAL, words=(TAG_NONE,))
        return self.expect(NOP_IN, itt)

    def manage(self, function, itt=TAG_NONE, ref_cmd_sn=0, lun=0):
        """A task management function; what else is answered is not expected"""
        itt = self.put(TMF_REQ | IMMEDIATE, FINAL | function, lun,
                       words=(itt, ref_cmd_sn))
        return self.expect(TMF_RSP, itt)

    def closes(self, least=1, most=LIMIT / 2):
        """The target has had enough, but not at once"""
        begin = time.monotonic()
        try:
            while True:
                self.receive()
        except Closed:
            pass
        took = time.monotonic() - begin
        check(took >= least, f"closed after {took:.1f} s only")
        check(took < most, f"closed after {took:.1f} s")


def cdb10(op, lba, blocks):
    return struct.pack(">BBIBHB", op, 0, lba, 0, blocks, 0)


def write10(lba, blocks):
    return cdb10(0x2a, lba, blocks)


def read10(lba, blocks):
    return cdb10(0x28, lba, blocks)


# ---------------------------------------------------------------------------
# Netlink, as the specification in Documentation/netlink/specs has it

EPERM, EBUSY, EEXIST, EINVAL = 1, 16, 17, 22
TARGET_DEL, TARGET_SET, SESSION_NEW = 2, 3, 5


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
