#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# libiscsi's test suite against a disk that stores nothing.

. "${0%/*}/lib.sh"
. "${0%/*}/libiscsi.sh"

test_begin
suite nullio
