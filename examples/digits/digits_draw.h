/* Draws digits side by side in the terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGITS_DRAW_H_
#define DIGITS_DRAW_H_

#include "digits_data.h"

/* Draws up to four held-out images in a row, the last one a wrong prediction if there is any, and under
 * each what the network said. `predictions` holds one digit per held-out image. */
void draw_some(const Images *images, const int *predictions);

#endif /* DIGITS_DRAW_H_ */
