libgather_a_SOURCES +=
