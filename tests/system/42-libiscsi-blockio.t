#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A machine of its own for one kind of disk, so that it does not wait for the others.
exec "${0%/*}/40-libiscsi.t" blockio
