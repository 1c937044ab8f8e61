/*
 * Logarithms and powers of ten, for the decimals of a figure and the axes of a
 * chart.
 *
 * The mathematical library has both. It is not used for them: every run would
 * map and relocate it, which made a small request 330 KiB larger, for charts
 * that few runs draw.
 */
#ifndef GATHER_STATS_DECADE_H
#define GATHER_STATS_DECADE_H

/* Returns log10(x), with an error below 1e-14 times its size, or 1e-14. `x` is
 * positive and finite. */
double decades_of(double x);
/* Returns 10 to the power of `n`: the double that is nearest to it, where |n|
 * is at most 22. */
double power_of_ten(int n);

#endif
