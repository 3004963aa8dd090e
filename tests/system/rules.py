# SPDX-License-Identifier: GPL-2.0
#
# What RFC 7143 says about what initiators rarely do, one scenario a function, as
# in peer.py.  Numbers of sections are those of the RFC.

from initiator import *


# ---------------------------------------------------------------------------
# Task management (11.5, 11.6)

COMPLETE, NO_TASK, NO_LUN, NO_REASSIGN, NOT_SUPPORTED = 0, 1, 2, 4, 5
RESET_UA = (6, 0x29, 0x03)	# BUS DEVICE RESET FUNCTION OCCURRED


def two(where):
    """Initiators whose unit attentions are over"""
    return Initiator(where).ready(0, 1), \
        Initiator(where, isid=0x80123456789b).ready(0, 1)


def task(peer, lba=0, lun=0):
    """A write that waits for its data; the R2T that asks for it"""
    return peer.expect(R2T, peer.start(write10(lba, 8), FINAL | WRITE, 8 * BLOCK,
                                       lun))


def ends(peer, r2t):
    """The task is alive: it takes its data and ends well"""
    peer.feed(r2t, bytes(8 * BLOCK))
    peer.expect(SCSI_RSP, r2t.itt, response=0, status=GOOD)


def is_over(peer, *r2ts):
    """The tasks get no answer, and it does no harm to send what they asked for"""
    for r2t in r2ts:
        peer.feed(r2t, bytes(8 * BLOCK))
    peer.ping()


def attention(peer, lun, sense):
    itt = peer.start(bytes(6), FINAL, 0, lun)
    rsp = peer.expect(SCSI_RSP, itt, status=CHECK_CONDITION)
    check(rsp.sense() == sense, f"unit attention {rsp.sense()}")
    no_attention(peer, lun)


def no_attention(peer, lun):
    peer.expect(SCSI_RSP, peer.start(bytes(6), FINAL, 0, lun), status=GOOD)


def aborts_set(where, function):
    mine, other = two(where)
    tasks = [task(mine, 8 * i) for i in range(3)]
    beside, foreign = task(mine, lun=1), task(other)
    check(mine.manage(function).response == COMPLETE, "not complete")
    is_over(mine, *tasks)
    ends(mine, beside)
    ends(other, foreign)
    no_attention(mine, 0)
    no_attention(other, 0)


def aborts_task_set(where):
    """ABORT TASK SET ends one's own tasks of the unit without a word"""
    aborts_set(where, ABORT_TASK_SET)


def clears_task_set(where):
    """CLEAR TASK SET does the same: each nexus has a task set (SPC-5, TST)"""
    aborts_set(where, CLEAR_TASK_SET)


def clears_aca(where):
    """CLEAR ACA has nothing to clear and leaves tasks alone"""
    peer = Initiator(where).ready()
    alive = task(peer)
    check(peer.manage(CLEAR_ACA).response == COMPLETE, "not complete")
    ends(peer, alive)


def resets_lun(where):
    """LUN RESET ends the tasks of all; both are told, of that unit only"""
    mine, other = two(where)
    own, beside = task(mine), task(mine, lun=1)
    foreign, foreign_beside = task(other), task(other, lun=1)
    check(mine.manage(LUN_RESET).response == COMPLETE, "not complete")
    other.expect(SCSI_RSP, foreign.itt, status=TASK_ABORTED)
    is_over(mine, own)
    is_over(other, foreign)
    attention(mine, 0, RESET_UA)
    attention(other, 0, RESET_UA)
    ends(mine, beside)
    ends(other, foreign_beside)
    no_attention(mine, 1)
    no_attention(other, 1)


def both_units_reset(mine, other, function):
    own = [task(mine, lun=lun) for lun in (0, 1)]
    foreign = [task(other, lun=lun) for lun in (0, 1)]
    # its own LUN field is reserved
    check(mine.manage(function, lun=5).response == COMPLETE, "not complete")
    return own, foreign


def resets_target(where):
    """TARGET WARM RESET ends the tasks of all units; everybody is told"""
    mine, other = two(where)
    own, foreign = both_units_reset(mine, other, WARM_RESET)
    answers = {other.receive().itt for _ in foreign}
    check(answers == {r2t.itt for r2t in foreign}, "wrong tasks are aborted")
    is_over(mine, *own)
    is_over(other, *foreign)
    for lun in (0, 1):
        attention(mine, lun, RESET_UA)
        attention(other, lun, RESET_UA)


def restarts_target(where):
    """TARGET COLD RESET is answered, then all sessions end"""
    mine, other = two(where)
    both_units_reset(mine, other, COLD_RESET)
    mine.closes(least=0)
    other.closes(least=0)
    Initiator(where).ping()


def unknown_functions(where):
    """Functions that are not there: not supported; TASK REASSIGN is its own case"""
    peer = Initiator(where).ready()
    alive = task(peer)
    for function in (0, 9, 127):
        got = peer.manage(function).response
        check(got == NOT_SUPPORTED, f"function {function}: response {got}")
    # ErrorRecoveryLevel is 0
    got = peer.manage(TASK_REASSIGN, alive.itt, peer.cmd_sn - 1).response
    check(got == NO_REASSIGN, f"TASK REASSIGN: response {got}")
    ends(peer, alive)


def absent_unit(where):
    """Functions for a unit that is not there: no such LUN"""
    peer = Initiator(where).ready()
    for function in (ABORT_TASK, ABORT_TASK_SET, CLEAR_ACA, CLEAR_TASK_SET,
                     LUN_RESET):
        # RefCmdSN of a command that was executed: no reason to say "complete"
        got = peer.manage(function, 0x1234, peer.cmd_sn - 1, lun=5).response
        check(got == NO_LUN, f"function {function}: response {got}")
    no_attention(peer, 0)


def aborts_unknown(where):
    """ABORT TASK of what is not there goes by RefCmdSN (11.6.1)"""
    peer = Initiator(where).ready()
    # was executed; would be an immediate one; is far outside the window
    for sn in (peer.cmd_sn - 1, peer.cmd_sn, peer.cmd_sn + 1000):
        got = peer.manage(ABORT_TASK, 0x1234, sn).response
        check(got == NO_TASK, f"RefCmdSN {sn - peer.cmd_sn:+}: response {got}")
    # was sent but did not come
    lost = peer.cmd_sn
    peer.cmd_sn += 1
    rsp = peer.manage(ABORT_TASK, 0x1234, lost)
    check(rsp.response == COMPLETE, f"not received: response {rsp.response}")
    check(peer.ping().exp_cmd_sn == lost + 1, "its CmdSN is still expected")
    # and comes too late
    peer.start(bytes(6), FINAL, 0, cmd_sn=lost)
    peer.ping()
    no_attention(peer, 0)


def aborts_early(where):
    """ABORT TASK of one whose turn has not come"""
    peer = Initiator(where).ready()
    first = peer.cmd_sn
    peer.cmd_sn += 1
    itt = peer.start(bytes(6), FINAL, 0)
    check(peer.manage(ABORT_TASK, itt, first + 1).response == COMPLETE,
          "not complete")
    last = peer.start(bytes(6), FINAL, 0)
    peer.ping()
    peer.expect(SCSI_RSP, peer.start(bytes(6), FINAL, 0, cmd_sn=first))
    peer.expect(SCSI_RSP, last, status=GOOD)


def aborts_waiting(where):
    """ABORT TASK SET is about what was sent before it, also if it waits itself"""
    peer = Initiator(where).ready()
    gap = peer.cmd_sn
    peer.cmd_sn += 1
    peer.start(bytes(6), FINAL, 0)
    check(peer.manage(ABORT_TASK_SET).response == COMPLETE, "not complete")
    itt = peer.put(TMF_REQ, FINAL | ABORT_TASK_SET, words=(TAG_NONE, 0))
    after = peer.start(bytes(6), FINAL, 0)
    peer.ping()
    peer.expect(NOP_IN, peer.put(NOP_OUT, FINAL, words=(TAG_NONE,), cmd_sn=gap))
    peer.expect(TMF_RSP, itt, response=COMPLETE)
    peer.expect(SCSI_RSP, after, status=GOOD)


# ---------------------------------------------------------------------------
# Reject (7.3, 11.17)

REJECT_DATA_DIGEST, REJECT_SNACK, REJECT_PROTOCOL = 0x02, 0x03, 0x04
REJECT_NOT_SUPPORTED, REJECT_IMMEDIATE, REJECT_FIELD = 0x05, 0x06, 0x09


def reject(peer, reason, *args, **kwargs):
    """Send what has to be rejected: the header comes back"""
    _, pdu = peer.send(*args, **kwargs)
    peer.sock.sendall(pdu)
    rsp = peer.expect(REJECT, TAG_NONE, response=reason, flags=FINAL)
    check(rsp.data == pdu[:48], "another header came back")
    return rsp


def rejects(where, reason, opcode, flags, **kwargs):
    """With and without the immediate bit: then its CmdSN is still to be used"""
    peer = Initiator(where).ready()
    due = peer.cmd_sn
    reject(peer, reason, opcode | IMMEDIATE, flags, **kwargs)
    rsp = reject(peer, reason, opcode, flags, **kwargs)
    check(rsp.exp_cmd_sn == due, f"ExpCmdSN {rsp.exp_cmd_sn} instead of {due}")
    peer.cmd_sn = due
    no_attention(peer, 0)


def rejects_unknown(where):
    """An unknown opcode is rejected along with its data"""
    rejects(where, REJECT_NOT_SUPPORTED, 0x1e, FINAL, data=bytes(77))


def rejects_target_opcode(where):
    """A PDU that only a target may send is rejected"""
    rejects(where, REJECT_NOT_SUPPORTED, NOP_IN, FINAL)


def rejects_login(where):
    """A login in the full feature phase is rejected"""
    rejects(where, REJECT_PROTOCOL, LOGIN_REQ, 0x87, data=b"SessionType=Normal\0")


def rejects_snack(where):
    """SNACK is rejected: there is no recovery at level 0"""
    peer = Initiator(where).ready()
    reject(peer, REJECT_SNACK, SNACK, FINAL, words=(TAG_NONE, 0, 0, 1))
    no_attention(peer, 0)


def rejects_data(where):
    """A task management request with data is rejected, and not executed"""
    peer = Initiator(where).ready()
    alive = task(peer)
    reject(peer, REJECT_PROTOCOL, TMF_REQ | IMMEDIATE, FINAL | LUN_RESET,
           words=(TAG_NONE, 0), data=bytes(4))
    ends(peer, alive)
    rejects(where, REJECT_PROTOCOL, TMF_REQ, FINAL | ABORT_TASK_SET,
            words=(TAG_NONE, 0), data=bytes(4))


def rejects_header_segment(where):
    """A command with an additional header that makes no sense is rejected"""
    rejects(where, REJECT_FIELD, SCSI_CMD, FINAL, ahs=b"\0\5\x3f\0" + bytes(4))


def rejects_text_flags(where):
    """A text request that is final and goes on is rejected"""
    rejects(where, REJECT_PROTOCOL, TEXT_REQ, FINAL | CONTINUE,
            words=(TAG_NONE,), data=b"SendTargets=\0")


# ---------------------------------------------------------------------------
# Digests (7.8, 13.1)

CRC_ERROR = (0xb, 0x47, 0x05)	# PROTOCOL SERVICE CRC ERROR


def digested(where, **keys):
    return Initiator(where, HeaderDigest="CRC32C", DataDigest="CRC32C",
                     **keys).ready()


def block(n):
    return bytes([n]) * BLOCK


def fill(peer, blocks, n=8):
    """Blocks 0 to n - 1 of LUN 0 are written, with immediate data"""
    itt = peer.start(write10(0, n), FINAL | WRITE, n * BLOCK, data=blocks * n)
    peer.expect(SCSI_RSP, itt, status=GOOD)


def holds(peer, blocks, n=8):
    itt = peer.start(read10(0, n), FINAL | READ, n * BLOCK)
    check(peer.expect(DATA_IN, itt, status=GOOD).data == blocks * n,
          "the disk has other data")


def digests(where):
    """Header and data digests in both directions"""
    for data, sum32 in ((bytes(32), "aa36918a"), (b"\xff" * 32, "43aba862"),
                        (bytes(range(32)), "4e79dd46")):	# B.4
        check(crc32c(data).hex() == sum32, "this program is wrong")
    peer = digested(where)
    with open("/proc/scsi_tgt/iscsi/session", encoding="ascii") as file:
        check("hd:crc32c dd:crc32c" in file.read(), "no digests are used")
    for n in range(1, 6):
        itt = peer.put(NOP_OUT | IMMEDIATE, FINAL, words=(TAG_NONE,), data=block(n)[:n])
        peer.expect(NOP_IN, itt, data=block(n)[:n])
    fill(peer, block(1))
    holds(peer, block(1))
    r2t = task(peer)
    peer.feed(r2t, block(2) * 8)
    peer.expect(SCSI_RSP, r2t.itt, status=GOOD)
    holds(peer, block(2))


def wrong_header_digest(where):
    """A wrong header digest ends the session, and no other one"""
    peer, other = digested(where), Initiator(where, isid=0x80123456789b)
    peer.put(NOP_OUT | IMMEDIATE, FINAL, words=(TAG_NONE,), spoil="header")
    peer.closes(least=0, most=5 * SLOW)
    other.ping()


def wrong_digest_immediate(where):
    """A wrong digest of immediate data: Reject, CRC error, nothing written"""
    peer = digested(where)
    fill(peer, block(3))
    itt, pdu = peer.scsi(write10(0, 8), FINAL | WRITE, 8 * BLOCK,
                         data=block(4) * 8, spoil="data")
    peer.sock.sendall(pdu)
    rsp = peer.expect(REJECT, TAG_NONE, response=REJECT_DATA_DIGEST)
    check(rsp.data == pdu[:48], "another header came back")
    rsp = peer.expect(SCSI_RSP, itt, status=CHECK_CONDITION)
    check(rsp.sense() == CRC_ERROR, f"sense {rsp.sense()}")
    holds(peer, block(3))


def wrong_digest_data_out(where):
    """A wrong digest of Data-Out: the same, when all that was asked for has come"""
    peer = digested(where, MaxBurstLength="4096", FirstBurstLength="4096",
                    MaxOutstandingR2T="2")
    other = Initiator(where, isid=0x80123456789b).ready()
    fill(other, block(5), 32)
    itt = peer.start(write10(0, 32), FINAL | WRITE, 32 * BLOCK)
    first, second = peer.expect(R2T, itt), peer.expect(R2T, itt)
    peer.feed(first, block(6) * 8, spoil="data")
    peer.expect(REJECT, TAG_NONE, response=REJECT_DATA_DIGEST)
    # Neither the answer nor another R2T
    peer.ping()
    peer.feed(second, block(6) * 8)
    rsp = peer.expect(SCSI_RSP, itt, status=CHECK_CONDITION)
    check(rsp.sense() == CRC_ERROR, f"sense {rsp.sense()}")
    holds(other, block(5), 32)


def wrong_digest_request(where):
    """A request with a wrong data digest is rejected and can be sent again"""
    peer = digested(where)
    sn = peer.cmd_sn
    for opcode in (NOP_OUT, TEXT_REQ):
        rsp = reject(peer, REJECT_DATA_DIGEST, opcode, FINAL, words=(TAG_NONE,),
                     data=b"SendTargets=\0", cmd_sn=sn, spoil="data")
        check(rsp.exp_cmd_sn == sn, f"ExpCmdSN {rsp.exp_cmd_sn} instead of {sn}")
    itt = peer.put(NOP_OUT, FINAL, words=(TAG_NONE,), data=b"again")
    peer.expect(NOP_IN, itt, data=b"again")


# ---------------------------------------------------------------------------
# Order and window (4.2.2.1)

WINDOW = 32	# QueuedCommands


def fills_gap(where):
    """Commands that are ahead wait for the gap to close, then go in order"""
    peer = Initiator(where).ready()
    gap = peer.cmd_sn
    peer.cmd_sn += 1
    late = [peer.start(bytes(6), FINAL, 0) for _ in range(3)]
    check(peer.ping().exp_cmd_sn == gap, "the gap is not seen")
    first = peer.start(bytes(6), FINAL, 0, cmd_sn=gap)
    for itt in [first] + late:
        rsp = peer.expect(SCSI_RSP, itt, status=GOOD)
    check(rsp.exp_cmd_sn == gap + 4, f"ExpCmdSN {rsp.exp_cmd_sn}")


def asks_again(where):
    """Immediate data of a write that waits for its turn is asked for again"""
    peer = Initiator(where).ready()
    fill(peer, block(1))
    gap = peer.cmd_sn
    peer.cmd_sn += 1
    itt = peer.start(write10(0, 8), FINAL | WRITE, 8 * BLOCK, data=block(2) * 8)
    peer.ping()
    first = peer.start(read10(0, 8), FINAL | READ, 8 * BLOCK, cmd_sn=gap)
    answers = [peer.receive(), peer.receive()]
    read = next(rsp for rsp in answers if rsp.itt == first)
    check(read.data == block(1) * 8, "the write came before the read")
    r2t = next(rsp for rsp in answers if rsp.itt == itt)
    check((r2t.opcode, r2t.offset, r2t.length) == (R2T, 0, 8 * BLOCK),
          f"opcode {r2t.opcode:#x} for bytes {r2t.offset} and {r2t.length} more")
    peer.feed(r2t, block(2) * 8)
    peer.expect(SCSI_RSP, itt, status=GOOD)
    holds(peer, block(2))


def ignores_twice(where):
    """What has a CmdSN for the second time is ignored, executed or waiting"""
    peer = Initiator(where).ready()
    no_attention(peer, 0)
    peer.start(bytes(6), FINAL, 0, cmd_sn=peer.cmd_sn - 1)
    peer.ping()
    gap = peer.cmd_sn
    peer.cmd_sn += 1
    waiting = peer.start(bytes(6), FINAL, 0)
    peer.start(bytes(6), FINAL, 0, cmd_sn=gap + 1)
    peer.start(write10(0, 8), FINAL | WRITE, 8 * BLOCK, data=block(9) * 8,
               cmd_sn=gap + 1)
    first = peer.start(bytes(6), FINAL, 0, cmd_sn=gap)
    peer.expect(SCSI_RSP, first, status=GOOD)
    peer.expect(SCSI_RSP, waiting, status=GOOD)
    check(peer.ping().exp_cmd_sn == gap + 2, "a wrong number was used up")
    no_attention(peer, 0)


def closes_window(where):
    """As many tasks as fit: the window is closed, and opens with an answer"""
    peer = Initiator(where).ready()
    rsp = peer.ping()
    check(rsp.max_cmd_sn - rsp.exp_cmd_sn + 1 == WINDOW,
          f"a window of {rsp.max_cmd_sn - rsp.exp_cmd_sn + 1}")
    tasks = [task(peer, 8 * i) for i in range(WINDOW)]
    rsp = peer.ping()
    check(rsp.max_cmd_sn == rsp.exp_cmd_sn - 1, "the window is not closed")
    # outside: ignored, with all its data
    peer.start(write10(0, 8), FINAL | WRITE, 8 * BLOCK, data=block(9) * 8,
               cmd_sn=peer.cmd_sn)
    check(peer.ping().exp_cmd_sn == peer.cmd_sn, "what is outside is executed")
    ends(peer, tasks.pop())
    rsp = peer.ping()
    check(rsp.max_cmd_sn == rsp.exp_cmd_sn, "the window does not open")
    # the last number that fits, and one more
    peer.start(bytes(6), FINAL, 0, cmd_sn=rsp.max_cmd_sn + 1)
    no_attention(peer, 0)
    for r2t in tasks:
        ends(peer, r2t)


def limits_immediate(where):
    """Immediate commands have a limit and are rejected beyond it"""
    peer = Initiator(where).ready()
    write = (SCSI_CMD | IMMEDIATE, FINAL | WRITE)
    keys = {"words": (8 * BLOCK,), "cdb": write10(0, 8).ljust(16, b"\0")}
    tasks = [peer.expect(R2T, peer.put(*write, **keys)) for _ in range(16)]
    reject(peer, REJECT_IMMEDIATE, *write, **keys)
    # the others are not held up, nor is one when there is room again
    no_attention(peer, 0)
    ends(peer, tasks.pop())
    tasks.append(peer.expect(R2T, peer.put(*write, **keys)))
    for r2t in tasks:
        ends(peer, r2t)


# ---------------------------------------------------------------------------
# Text (6.2, 11.10, 11.11)

REJECT_LONG = 0x0a


def say(peer, text, flags=FINAL, ttt=TAG_NONE, itt=None):
    """A text request and its answer"""
    itt = peer.put(TEXT_REQ, flags, itt=itt, words=(ttt,), data=text)
    rsp = peer.expect(TEXT_RSP, itt, flags=flags & FINAL)
    check((rsp.ttt == TAG_NONE) == bool(flags & FINAL), f"tag {rsp.ttt:#x}")
    return rsp


def reads_in(peer, size):
    """8 blocks come in PDUs of that size"""
    itt = peer.start(read10(0, 8), FINAL | READ, 8 * BLOCK)
    got = 0
    while got < 8 * BLOCK:
        rsp = peer.expect(DATA_IN, itt, offset=got)
        due = min(size, 8 * BLOCK - got)
        check(len(rsp.data) == due, f"{len(rsp.data)} bytes instead of {due}")
        got += due
    check(rsp.flags & 1, "no status")


def declares_limit(where):
    """A new MaxRecvDataSegmentLength is in force for the next read"""
    peer = Initiator(where).ready()
    reads_in(peer, 8 * BLOCK)
    for size in (512, 1000, 262144):
        rsp = say(peer, b"MaxRecvDataSegmentLength=%d\0" % size)
        check(rsp.data == b"", f"{rsp.data}")
        reads_in(peer, min(size, 8 * BLOCK))
    for size in (b"511", b"16777216", b"many", b""):
        rsp = say(peer, b"MaxRecvDataSegmentLength=" + size + b"\0")
        check(rsp.data == b"MaxRecvDataSegmentLength=Reject\0", f"{rsp.data}")
    reads_in(peer, 8 * BLOCK)


def answers_keys(where):
    """Keys of the login are refused, others not understood, each by its name"""
    peer = Initiator(where).ready()
    rsp = say(peer, b"HeaderDigest=CRC32C\0InitiatorAlias=me\0X-com.example.a=1\0"
              b"MaxConnections=4\0")
    check(rsp.data == b"HeaderDigest=Reject\0X-com.example.a=NotUnderstood\0"
          b"MaxConnections=Reject\0", f"{rsp.data}")
    check(say(peer, b"").data == b"", "an answer to nothing")
    no_attention(peer, 0)


def rejects_malformed(where):
    """Text that is no list of keys is rejected, and nothing of it is in force"""
    peer = Initiator(where).ready()
    for text in (b"SendTargets", b"=All\0", b"K" * 64 + b"=1\0"):
        due = peer.cmd_sn
        rsp = reject(peer, REJECT_PROTOCOL, TEXT_REQ, FINAL, words=(TAG_NONE,),
                     data=b"MaxRecvDataSegmentLength=512\0" + text)
        check(rsp.exp_cmd_sn == due, f"ExpCmdSN {rsp.exp_cmd_sn} instead of {due}")
        peer.cmd_sn = due
    reads_in(peer, 8 * BLOCK)
    rejects(where, REJECT_PROTOCOL, TEXT_REQ, FINAL, words=(TAG_NONE,), data=b"key\0")


def continues_text(where):
    """A request in parts, cut anywhere: parts have empty answers, the end has all"""
    peer = Initiator(where).ready()
    text = b"SendTargets=\0X-com.example.a=1\0MaxRecvDataSegmentLength=512\0"
    whole = say(peer, text).data
    check(whole.startswith(b"TargetName="), f"{whole}")
    say(peer, b"MaxRecvDataSegmentLength=262144\0")
    for cut in (1, 11, 12, 13, 20, len(text) - 1):
        part = say(peer, text[:cut], CONTINUE)
        check(part.data == b"", f"{part.data}")
        reads_in(peer, 8 * BLOCK)
        more = say(peer, text[cut:cut + 1], CONTINUE, part.ttt, part.itt)
        check(more.data == b"", f"{more.data}")
        rsp = say(peer, text[cut + 1:], FINAL, more.ttt, part.itt)
        check(rsp.data == whole, f"{rsp.data}")
        reads_in(peer, 512)
        say(peer, b"MaxRecvDataSegmentLength=262144\0")


def negotiates_on(where):
    """A request that is not final is answered, and what it declares comes later"""
    peer = Initiator(where).ready()
    first = say(peer, b"MaxRecvDataSegmentLength=512\0X-com.example.a=1\0", 0)
    check(first.data == b"X-com.example.a=NotUnderstood\0", f"{first.data}")
    reads_in(peer, 8 * BLOCK)
    rsp = say(peer, b"X-com.example.b=1\0", FINAL, first.ttt, first.itt)
    check(rsp.data == b"X-com.example.b=NotUnderstood\0", f"{rsp.data}")
    reads_in(peer, 512)


def begins_again(where):
    """A new request resets the exchange before it; a wrong tag is rejected"""
    peer = Initiator(where).ready()
    old = say(peer, b"MaxRecvDataSegmentLength=512\0Send", CONTINUE)
    rsp = say(peer, b"X-com.example.a=1\0", FINAL, itt=old.itt)
    check(rsp.data == b"X-com.example.a=NotUnderstood\0", f"{rsp.data}")
    old = say(peer, b"Send", CONTINUE)
    for ttt, itt in ((old.ttt + 1, old.itt), (old.ttt, old.itt), (0, 0)):
        due = peer.cmd_sn
        reject(peer, REJECT_PROTOCOL, TEXT_REQ, FINAL, itt=itt, words=(ttt,),
               data=b"Targets=\0")
        peer.cmd_sn = due
    reads_in(peer, 8 * BLOCK)


def limits_text(where):
    """More than 8 KiB of text are rejected, and the memory is given back"""
    peer = Initiator(where).ready()
    part = say(peer, b"X-com.example.a=".ljust(4096, b"1"), CONTINUE)
    say(peer, b"1" * 4095, CONTINUE, part.ttt, part.itt)
    rsp = say(peer, b"\0", FINAL, part.ttt, part.itt)
    check(rsp.data == b"X-com.example.a=NotUnderstood\0", f"{rsp.data[:80]}")
    part = say(peer, b"1" * 8192, CONTINUE)
    reject(peer, REJECT_LONG, TEXT_REQ | IMMEDIATE, CONTINUE, itt=part.itt,
           words=(part.ttt,), data=b"1")
    # one that never ends
    say(peer, b"1" * 8192, CONTINUE)


# ---------------------------------------------------------------------------
# Asynchronous messages (11.9)

LOGOUT_WANTED = 1


def logout_wanted(where):
    """A target that is deleted asks for a logout; how long it will wait"""
    peer = Initiator(where).ready()
    netlink = Netlink()
    ret = netlink(TARGET_DEL, u32(1, 1))
    check(ret == -EBUSY, f"target-del: {ret}")
    rsp = peer.next()
    while rsp.opcode == NOP_IN:
        rsp = peer.next()
    check(rsp.opcode == ASYNC, f"opcode {rsp.opcode:#x}")
    check((rsp.itt, rsp.lun, rsp.data) == (TAG_NONE, bytes(8), b""), "not as in 11.9")
    check(rsp.word36 >> 24 == LOGOUT_WANTED, f"event {rsp.word36 >> 24}")
    seconds = rsp.offset & 0xffff
    check(1 <= seconds <= 10, f"{seconds} s to log out")
    return peer, netlink, seconds


def kept(where, netlink):
    """The target takes sessions again"""
    check(netlink(TARGET_SET, u32(1, 1)) == {}, "target-set failed")
    Initiator(where).ping()


def logs_out_when_asked(where):
    """A logout that was asked for is answered, then the session ends"""
    peer, netlink, _ = logout_wanted(where)
    # What runs already is not cut off
    no_attention(peer, 0)
    itt = peer.put(LOGOUT_REQ | IMMEDIATE, FINAL)
    peer.expect(LOGOUT_RSP, itt, response=0)
    peer.closes(least=0, most=2 * SLOW)
    kept(where, netlink)


def does_not_log_out(where):
    """Who does not log out is thrown out, but not before the time is over"""
    peer, netlink, seconds = logout_wanted(where)
    peer.closes(least=seconds - 1, most=seconds + 4 * SLOW)
    kept(where, netlink)
