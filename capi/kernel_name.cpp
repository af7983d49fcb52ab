#include "kernel_name.h"

namespace ottava {

Status find_kernel(const KernelList& list, const char* name, const char* argument, const Kernel** kernel,
                   Error* error) {
  for (size_t i = 0; i < list.count; ++i) {
    if (!same_text(list.kernels[i]->name, name)) continue;
    *kernel = list.kernels[i];
    return Status::ok;
  }
  Text text = error->set(Status::unknown_name, argument);
  Shortened shortened(name);
  text << "is \"" << shortened.words << "\", none of ";
  size_t room = sizeof(error->message) - sizeof("is '', none of  and 99 more") - text_length(shortened.words);
  for (size_t i = 0; i < list.count; ++i) {
    const size_t length = text_length(list.kernels[i]->name) + sizeof(", ") - 1;
    if (length > room) {
      text << " and " << static_cast<uint32_t>(list.count - i) << " more";
      break;
    }
    room -= length;
    text << (i == 0 ? "" : ", ") << list.kernels[i]->name;
  }
  return Status::unknown_name;
}

Status check_usable(const Kernel& kernel, const Machine& machine, const Choice& choice, const char* argument,
                    Error* error) {
  char words[160];
  Text why(words);
  explain_unusable(kernel, machine, choice, why);
  if (why.empty()) return Status::ok;
  error->set(Status::kernel_unavailable, argument) << kernel.name << " cannot run: " << words;
  return Status::kernel_unavailable;
}

}  // namespace ottava
