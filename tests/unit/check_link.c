#include "config.h"

#include <check.h>

#include "follow/link.h"
#include "unit.h"

static const struct row {
	const char *headers;
	const char *next; /* NULL: there is none */
} rows[] = {
    {"HTTP/1.1 200 OK\r\nLink: </p?2>; rel=\"next\"\r\n\r\n", "/p?2"},
    {"link: </p?2>; rel=next\r\n", "/p?2"},
    {"LINK:</p?2>;REL=NEXT\r\n", "/p?2"},
    {"Link: <?page=2>; rel=\"next\"\r\n", "?page=2"},
    {"Link: <>; rel=next\r\n", ""},
    /* Commas inside <> and quotes belong there. */
    {"Link: </a,b;c>; rel=\"next\"\r\n", "/a,b;c"},
    {"Link: </1>; title=\"a, <b>; rel=next\"; rel=prev, </2>; rel=next\r\n",
        "/2"},
    {"Link: </1>; title=\"\\\", \"; rel=first, </2>; rel=next\r\n", "/2"},
    /* One header with several links, several headers with one. */
    {"Link: </1>; rel=\"prev\", </3>; rel=\"next\", </9>; rel=\"last\"\r\n",
        "/3"},
    {"Link: </1>; rel=prev\r\nX: y\r\nLink: </3>; rel=next\r\n", "/3"},
    /* A relation is a list of words, without case. */
    {"Link: </2>; rel=\"last Next\"\r\n", "/2"},
    {"Link: </2>; rel=\"nextish\"\r\n", NULL},
    {"Link: </2>; rel=\"\"\r\n", NULL},
    {"Link: </2>; rel\r\n", NULL},
    {"Link: </2>\r\n", NULL},
    {"Link: </2>; Rel=\"\tNEXT  last\"\r\n", "/2"},
    {"Link: </2>; rel=\"https://a.test/next\"\r\n", NULL},
    {"Link: </2>; rel=\"n\\e\\xt\"\r\n", "/2"},
    {"Link: </2>; rel=\"next\\\"\"\r\n", NULL},
    {"Link: </2>; rel='next'\r\n", NULL},
    /* Names that only begin like it, or end. */
    {"Link: </2>; rel*=UTF-8''next\r\n", NULL},
    {"Link: </2>; title*=UTF-8'de'n%c3%a4chstes%20Kapitel; rel=next\r\n", "/2"},
    {"Link: </2>; rev=next; xrel=next\r\n", NULL},
    {"Link: </2>; hreflang=de; media=\"screen, print\"; type=text/html; "
     "rel=next\r\n",
        "/2"},
    /* Values that should have been quoted. */
    {"Link: <b>; title=Next page; rel=next\r\n", "b"},
    {"Link: <b>; title=Up, then on ; rel=next \t\r\n", "b"},
    {"Link: <a>; title=A, b; rel=prev, <b>; rel=next\r\n", "b"},
    {"Link: <b>; rel=last next\r\n", "b"},
    {"Link: <a>; rel=\"prev\" what; rel=next, <b>; rel=next\r\n", "b"},
    {"Link: <a>; title=x,,<b>; rel=next\r\n", "b"},
    /* The first rel counts. */
    {"Link: </2>; rel=prev; rel=next\r\n", NULL},
    /* A link about another page is none of this one's. */
    {"Link: </2>; rel=next; anchor=\"/other\"\r\n", NULL},
    {"Link: </2>; anchor=\"#a\"; rel=next, </3>; rel=next\r\n", "/3"},
    {"Link: </2>; rel=next; ANCHOR\r\n", NULL},
    /* Blanks, anywhere. */
    {"Link:   </2>  ;  rel  =  \"next\"  ,  </3>\r\n", "/2"},
    {"Link: , ,</2>; rel=next\r\n", "/2"},
    {"Link: </2>;; rel=next;\r\n", "/2"},
    /* Relative in every way; resolved by who fetches it. */
    {"Link: <../b?c#d>; rel=next\r\n", "../b?c#d"},
    {"Link: <//b.test/>; rel=next\r\n", "//b.test/"},
    {"Link: < /2 >; rel=next\r\n", " /2 "},
    /* What is no link. */
    {"Link: x, </2>; rel=next\r\n", NULL},
    {"Link: </1>; title=\"a\\\r\nLink: </2>; rel=next\r\n", "/2"},
    {"Link: /2; rel=next\r\n", NULL},
    {"Link: </2; rel=next\r\n", NULL},
    {"Link: </1>; rel=\"prev\r\nLink: </2>; rel=next\r\n", "/2"},
    {"Link:\r\n", NULL},
    {"Linked: </2>; rel=next\r\n", NULL},
    {"", NULL},
    {NULL, NULL},
};

START_TEST(the_next_page_is_found)
{
	const struct row *row = &rows[_i];
	struct buf target;

	buf_init(&target);
	ck_assert_int_eq(
	    link_find(row->headers, "next", &target), row->next != NULL);
	if (row->next)
		ck_assert_str_eq(target.data, row->next);
	else
		ck_assert_uint_eq(target.len, 0);
	buf_release(&target);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("link");
	TCase *tc = tcase_create("header");

	tcase_add_loop_test(
	    tc, the_next_page_is_found, 0, (int)(sizeof(rows) / sizeof(*rows)));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
