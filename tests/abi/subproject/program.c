#include <stdio.h>

int parent_optimized(void);

int main(void) {
  const int optimized = parent_optimized();
  printf("optimized: %d\n", optimized);
  return optimized != 1;
}
