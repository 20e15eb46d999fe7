/*
 * A QR code as SVG: one path of its dark modules on a light ground, whatever the page's colours are, because cameras
 * want it so.
 */
#include "web/person.h"

#include <qrencode.h>

enum { QUIET = 4 /* modules of margin that the standard asks for */ };

static void put_modules(struct buf *b, const QRcode *q)
{
	for (int y = 0; y < q->width; y++)
		for (int x = 0; x < q->width; x++) {
			int run = x;

			while (run < q->width && q->data[y * q->width + run] & 1)
				run++;
			if (run > x)
				html(b, "M%d %dh%dv1H%dz", x + QUIET, y + QUIET, run - x, x + QUIET);
			x = run > x ? run - 1 : x;
		}
}

void put_qr(struct buf *b, const char *text, const char *label)
{
	QRcode *q = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	int size;

	if (!q)
		return;
	size = q->width + 2 * QUIET;
	html(b,
	     "<svg class=\"qr\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
	     "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
	     label, size, size, size, size);
	put_modules(b, q);
	html(b, "\"/></svg>");
	QRcode_free(q);
}
