/* What is said of a run when it is over. */
#ifndef GATHER_PICTURES_SUMMARY_H
#define GATHER_PICTURES_SUMMARY_H

#include "run/run.h"
#include "stats/account.h"

/* Will details be needed? NULL: no, else to be given to the run. */
struct account *summary_account(const struct options *);
/* On stderr: the full account with --summary, a line on a terminal; and one
 * hint. `account` may be NULL. */
void summary_print(const struct options *, const struct run_outcome *,
    struct account *account);

#endif
