/*
 * Libraries that only some options need: one is loaded when an option asks
 * for it, so that a run without it neither maps nor relocates it. A library
 * stays loaded until the process ends; it may have state of its own.
 *
 * A caller lists the functions that it calls once, as LIST(X) X(f) X(g) ...,
 * and makes two tables of the list, in the same order:
 *
 *     struct table {
 *             LIST(LIBRARY_MEMBER)
 *     };
 *     const char *const names[] = {LIST(LIBRARY_NAME) NULL};
 */
#ifndef GATHER_BASE_LIBRARY_H
#define GATHER_BASE_LIBRARY_H

#define LIBRARY_MEMBER(function) __typeof__(function) *function;
#define LIBRARY_NAME(function)   #function,

struct library {
	const char *soname;           /* "libxml2.so.2" */
	const char *package;          /* that holds it, on Debian and Ubuntu */
	const char *const *functions; /* their names, ended by NULL */
};

/*
 * Load `library` and store the addresses of its functions in `table`, a
 * struct that begins with one function pointer for each name, in the same
 * order. Loading a library again is cheap. Returns -1 with *cause set (caller
 * frees) if it is not installed or lacks a function.
 */
int library_load(const struct library *, void *table, char **cause);
/* The same for a library that another one has brought along: nothing is loaded
 * for it. Returns -1 if it is not there, or lacks a function. */
int library_find(const struct library *, void *table);
/* Store in *function, which is a function pointer, the function of that name
 * that a library has. For a function of ours that stands before it: the
 * dynamic linker takes the program's own first. NULL: there is none. */
void library_find_next(const char *name, void *function);

#endif
