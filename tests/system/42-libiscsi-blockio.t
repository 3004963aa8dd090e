#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# libiscsi's test suite against a block device.

. "${0%/*}/lib.sh"
. "${0%/*}/libiscsi.sh"

test_begin
suite blockio
