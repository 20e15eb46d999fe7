/*
 * Where the worker programs are. A folder of the environment wins, for tests and packagers; a program that runs from
 * the folder it was built in takes the workers that were built with it, never some that were installed earlier.
 */
#include "worker/worker_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool runs_from_build(void)
{
	static const struct str build = {REFTEL_BUILD, sizeof(REFTEL_BUILD) - 1};
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe));

	return n > (ssize_t)build.n && str_starts((struct str){exe, (size_t)n}, build) && exe[build.n] == '/';
}

int worker_find(struct arena *a, const char *program, const char **path, struct err *e)
{
	const char *dir = secure_getenv("REFTEL_LIBEXEC");

	if (!dir || !*dir)
		dir = runs_from_build() ? REFTEL_BUILD "/src/worker/programs" : REFTEL_LIBEXEC_DIR;
	*path = path_join(a, dir, program);
	if (access(*path, X_OK) == 0)
		return REFTEL_OK;
	return err_set(e, REFTEL_EIO,
		       "the program %s is not in %s: install reftel anew, or set REFTEL_LIBEXEC to the folder it is in",
		       program, dir);
}
