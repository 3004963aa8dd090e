// SPDX-License-Identifier: GPL-2.0
/*
 * Gives files to a fuzz target: the inputs that are kept, without a fuzzer.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static void replay(const char *name)
{
	FILE *file = fopen(name, "rb");
	uint8_t *data = NULL;
	long len;

	if (!file || fseek(file, 0, SEEK_END))
		goto error;
	len = ftell(file);
	if (len < 0)
		goto error;
	rewind(file);
	/* as many bytes as there are, so that one more is noticed */
	data = malloc(len);
	if ((len && !data) || fread(data, 1, len, file) != (size_t)len)
		goto error;
	fclose(file);
	LLVMFuzzerTestOneInput(data, len);
	free(data);
	return;
error:
	perror(name);
	exit(1);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return argc < 2;
}
