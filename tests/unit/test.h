/* What every unit test includes: cmocka in the order it wants, and where the real material lies, if it is there. */
#ifndef REFTEL_TEST_H
#define REFTEL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of real material: $REFTEL_DATA, else ../shared/data beside the project. NULL: not there, skip and say so.
 */
static inline const char *test_data(void)
{
	static char path[4096];
	const char *env = getenv("REFTEL_DATA");

	if (env)
		snprintf(path, sizeof(path), "%s", env);
	else
		snprintf(path, sizeof(path), "%s/../shared/data", SOURCE_ROOT);
	if (access(path, R_OK) == 0)
		return path;
	printf("SKIPPED: no real material at %s\n", path);
	return NULL;
}

#endif
