#include "config.h"

#include "run.h"
