/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_VERSION_H
#define TOOLS_VERSION_H

#define SCST_TOOLS_VERSION "1.0.0"

#endif
