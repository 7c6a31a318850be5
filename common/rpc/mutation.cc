#include "common/rpc/mutation.h"

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace thidua::rpc {

bool IsRehearsal(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("validate_only");
  return field != nullptr && field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL &&
         request.GetReflection()->GetBool(request, field);
}

}  // namespace thidua::rpc
