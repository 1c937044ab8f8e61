/* Logarithms and powers of ten. */
#include "config.h"

#include "stats/decade.h"

#include <math.h>

static const double log10_of_2 = 0.30102999566398119521;
static const double ln_of_10 = 2.30258509299404568402;

/* ln(m) = 2 (t + t^3/3 + t^5/5 + ...) with t = (m - 1) / (m + 1). For m from
 * 0.75 to 1.5 |t| is at most 0.2, and t^21/21 is below 1e-16. */
static double
logarithm_near_1(double m)
{
	double t = (m - 1) / (m + 1);
	double power = t;
	double sum = 0;

	for (int k = 1; k <= 21; k += 2) {
		sum += power / k;
		power *= t * t;
	}
	return 2 * sum;
}

double
decades_of(double x)
{
	int exponent;
	double m = frexp(x, &exponent);

	if (m < 0.75) {
		m *= 2;
		exponent--;
	}
	return exponent * log10_of_2 + logarithm_near_1(m) / ln_of_10;
}

double
power_of_ten(int n)
{
	double power = 1;

	for (int i = n < 0 ? -n : n; i > 0; i--)
		power *= 10;
	return n < 0 ? 1 / power : power;
}
