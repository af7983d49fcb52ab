// A route in words and as JSON: how a run is done.
#ifndef OTTAVA_CAPI_TOOLS_ROUTE_H_
#define OTTAVA_CAPI_TOOLS_ROUTE_H_

#include "json.h"
#include "machine.h"

namespace ottava::tools {

void print(const ottava_route& route, const ottava_context* context);
// The members of an object that is open.
void write(const ottava_route& route, const ottava_context* context, Json* json);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_ROUTE_H_
