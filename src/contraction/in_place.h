// How packed weights run where they lie: by the kernel that their file names, if that can run here.
#ifndef OTTAVA_SRC_CONTRACTION_IN_PLACE_H_
#define OTTAVA_SRC_CONTRACTION_IN_PLACE_H_

#include "contraction/packed_file.h"

namespace ottava {

// Refuses a file whose weights cannot be used as they are, naming the tier that would run them repacked.
Status refuse_in_place(const PackedHeader& header, const char* why, const Choice& choice, const Machine& machine,
                       Error* error);

// `choice`, but for the kernel that the file names; refused where that cannot run.
Status choose_stored_kernel(const PackedHeader& header, const Machine& machine, const Choice& choice, Choice* stored,
                            Error* error);

// The plan `runs`, made under such a choice, takes the layout of what lies in the file; refused where its kernel wants
// another.
Status settle_in_place(const PackedHeader& header, const ContractionPlan& lies, const Machine& machine,
                       const Choice& choice, ContractionPlan* runs, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_CONTRACTION_IN_PLACE_H_
