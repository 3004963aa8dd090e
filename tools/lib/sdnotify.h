/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_SDNOTIFY_H
#define TOOLS_SDNOTIFY_H

int sdnotify(const char *state);

#endif
