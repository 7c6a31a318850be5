// What is worked out from a map as a whole, once for each map: an index, for example.
#ifndef THIDUA_COMMON_DIRECTORY_DERIVED_H_
#define THIDUA_COMMON_DIRECTORY_DERIVED_H_

#include <memory>
#include <mutex>

#include "common/directory/school_map.h"

namespace thidua::directory {

// Holds a T of the newest map asked for. T is made from a `std::shared_ptr<const SchoolMap>` and
// returns it by map(). Thread-safe; those who ask while it is made wait for it.
template <class T>
class DerivedFromNewest {
 public:
  std::shared_ptr<const T> Of(const std::shared_ptr<const SchoolMap>& map) {
    std::lock_guard lock(mutex_);
    if (derived_ == nullptr || derived_->map() != map) derived_ = std::make_shared<const T>(map);
    return derived_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const T> derived_;
};

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_DERIVED_H_
