// SPDX-License-Identifier: GPL-2.0
/*
 * What the test files of one module share.  The namespace is imported by hand
 * because MODULE_IMPORT_NS() is not written the same way on all kernels.
 */
#include <linux/module.h>

MODULE_INFO(import_ns, "EXPORTED_FOR_KUNIT_TESTING");
