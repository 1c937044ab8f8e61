/* The pump: what walks from stage to stage. */
#ifndef GATHER_RUN_H
#define GATHER_RUN_H

struct run;

#endif
