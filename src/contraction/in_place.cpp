#include "contraction/in_place.h"

#include "cpu/tiers.h"

namespace ottava {
namespace {

const char* tier_name(Isa isa) {
  const Tier* const tier = tier_of(isa);
  return tier != nullptr ? tier->name : "unknown";
}

}  // namespace

Status refuse_in_place(const PackedHeader& header, const char* why, const Choice& choice, const Machine& machine,
                       Error* error) {
  const char* usable = "portable";
  for (size_t i = choice.kernels.count; i-- > 0;) {
    char words[160];
    Text unusable(words);
    explain_unusable(*choice.kernels.kernels[i], machine, choice, unusable);
    if (unusable.empty()) usable = tier_name(choice.kernels.kernels[i]->isa);
  }
  error->set(Status::unsupported, "packed")
      << "is for " << header.kernel << "; here runs " << usable << ", by OTTAVA_LOAD_REPACK: " << why;
  return Status::unsupported;
}

Status choose_stored_kernel(const PackedHeader& header, const Machine& machine, const Choice& choice, Choice* stored,
                            Error* error) {
  *stored = choice;
  stored->first = kernel_named(choice.kernels, header.kernel);
  if (stored->first == nullptr) {
    return refuse_in_place(header, "this build has no such kernel", choice, machine, error);
  }
  char words[160];
  Text why(words);
  explain_unusable(*stored->first, machine, choice, why);
  return why.empty() ? Status::ok : refuse_in_place(header, words, choice, machine, error);
}

Status settle_in_place(const PackedHeader& header, const ContractionPlan& lies, const Machine& machine,
                       const Choice& choice, ContractionPlan* runs, Error* error) {
  const Route& many = runs->routes.many;
  const bool same_element = (many.kernel->rhs->element == Element::u8) == (header.rhs_is_unsigned != 0);
  const bool own_small_m = has_own_small_m(runs->routes);
  if (runs->nr != lies.nr || many.tile.kr != lies.routes.many.tile.kr || !same_element ||
      (own_small_m && header.own_small_m == 0)) {
    return refuse_in_place(header, "its layout is another here", choice, machine, error);
  }
  // A context of one kernel alone has no use for the offsets of the other.
  runs->packed = lies.packed;
  if (!own_small_m) runs->packed.small_m_offset = runs->packed.offset;
  return Status::ok;
}

}  // namespace ottava
