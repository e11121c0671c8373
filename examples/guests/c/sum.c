/* Adds up a column of a CSV table.
 *
 * Reads /data/table, whose first line is a header and whose last column is the
 * one that counts, and writes /out/sum.json. /params.json may hold
 * {"skip": N}: that many rows after the header are left out. A row whose last
 * column is no number ends the run with exit code 1 and its line number; values
 * are never printed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4096 };

static int fail(const char *what, long line) {
	fprintf(stderr, "sum: line %ld: %s\n", line, what);
	return 1;
}

/* skip is the only parameter there is; no file means none. */
static int skip(long *n) {
	char text[256], end;
	FILE *f = fopen("/params.json", "r");
	*n = 0;
	if (!f)
		return 1;
	size_t got = fread(text, 1, sizeof text - 1, f);
	text[got] = 0;
	fclose(f);
	return got == 0 || (sscanf(text, " { \"skip\" : %ld %c", n, &end) == 2 && end == '}' && *n >= 0);
}

int main(void) {
	static char line[LINE];
	long at = 0, rows = 0, leave;
	double sum = 0, lost = 0;

	if (!skip(&leave)) {
		fprintf(stderr, "sum: the parameters are not {\"skip\": N}\n");
		return 1;
	}
	FILE *in = fopen("/data/table", "r");
	if (!in) {
		fprintf(stderr, "sum: there is no input \"table\"\n");
		return 1;
	}
	while (fgets(line, sizeof line, in)) {
		at++;
		size_t n = strcspn(line, "\r\n");
		if (!line[n] && n == sizeof line - 1)
			return fail("is too long", at);
		line[n] = 0;
		if (at == 1 || at <= 1 + leave || n == 0)
			continue;
		const char *cell = strrchr(line, ',');
		cell = cell ? cell + 1 : line;
		char *end;
		double v = strtod(cell, &end);
		if (end == cell || *end || !isfinite(v))
			return fail("the last column is no number", at);
		/* Kahan: the order of rows must not show in the sum more than it has to. */
		double y = v - lost, t = sum + y;
		lost = (t - sum) - y;
		sum = t;
		rows++;
	}
	if (ferror(in) || at == 0)
		return fail("cannot be read", at);
	FILE *out = fopen("/out/sum.json", "w");
	if (!out || fprintf(out, "{\"rows\": %ld, \"sum\": %.17g}\n", rows, sum) < 0 || fclose(out)) {
		fprintf(stderr, "sum: cannot write the result\n");
		return 1;
	}
	return 0;
}
