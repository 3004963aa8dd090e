// SPDX-License-Identifier: GPL-2.0
/* Instantiates the tracepoints of the core. */
#define CREATE_TRACE_POINTS
#include "scst_trace.h"
