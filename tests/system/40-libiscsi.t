#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# libiscsi's test suite against a file.

. "${0%/*}/lib.sh"
. "${0%/*}/libiscsi.sh"

test_begin
suite fileio
