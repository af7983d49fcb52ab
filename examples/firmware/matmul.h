/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MATMUL_H_
#define MATMUL_H_

#include <ottava/ottava.h>

/* The matmul of the first row; NULL with the reason in *error. */
ottava_matmul *make_matmul(ottava_error *error);

#endif /* MATMUL_H_ */
