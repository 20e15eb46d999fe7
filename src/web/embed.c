/*
 * A tool of the build: puts files into a C source, so that the server needs none beside it.
 *   embed OUT.c NAME=FILE[+FILE...] ...
 * Files joined by "+" become one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t version = 1469598103934665603u; /* FNV-1a over all that is embedded */

static int put_file(FILE *out, const char *path)
{
	FILE *in = fopen(path, "rb");
	int c;

	if (!in) {
		perror(path);
		return -1;
	}
	while ((c = getc(in)) != EOF) {
		version = (version ^ (uint64_t)(unsigned char)c) * 1099511628211u;
		fprintf(out, "%d,", c);
	}
	fclose(in);
	fputc('\n', out);
	return 0;
}

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	if (dot && !strcmp(dot, ".css"))
		return "text/css; charset=utf-8";
	if (dot && !strcmp(dot, ".js"))
		return "text/javascript; charset=utf-8";
	if (dot && !strcmp(dot, ".svg"))
		return "image/svg+xml";
	return "application/json";
}

int main(int argc, char **argv)
{
	FILE *out = argc > 1 ? fopen(argv[1], "w") : NULL;

	if (!out)
		return 1;
	fprintf(out, "#include \"web/web_priv.h\"\n");
	for (int i = 2; i < argc; i++) {
		char *files = strchr(argv[i], '=');

		if (!files)
			return 1;
		*files++ = 0;
		fprintf(out, "static const unsigned char data_%d[] = {", i);
		for (char *f = strtok(files, "+"); f; f = strtok(NULL, "+"))
			if (put_file(out, f) != 0)
				return 1;
		fprintf(out, "0};\n");
	}
	fprintf(out, "const struct asset assets[] = {\n");
	for (int i = 2; i < argc; i++)
		fprintf(out, "{\"%s\", \"%s\", data_%d, sizeof(data_%d) - 1},\n", argv[i], type_of(argv[i]), i, i);
	fprintf(out, "{NULL, NULL, NULL, 0}};\nconst char *asset_version(void)\n{\n\treturn \"%016llx\";\n}\n",
		(unsigned long long)version);
	return fclose(out) != 0;
}
