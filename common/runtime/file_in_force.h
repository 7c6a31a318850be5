// What a mounted file says, kept in force until a changed file has been found good: policies, keys.
#ifndef THIDUA_COMMON_RUNTIME_FILE_IN_FORCE_H_
#define THIDUA_COMMON_RUNTIME_FILE_IN_FORCE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/telemetry/log.h"

namespace thidua::runtime {

// T says by `std::string Fingerprint() const` which of several contents it is; the log shows it.
// Thread-safe.
template <class T>
class FileInForce {
 public:
  // Reads the file and checks all of it.
  using Read = std::function<absl::StatusOr<std::shared_ptr<const T>>(const std::string& file)>;

  // `what`, for the log: "access policy". Fails as `read` does: without a good file nothing starts.
  static absl::StatusOr<std::unique_ptr<FileInForce>> Open(std::string what, std::string file,
                                                           Read read) {
    std::unique_ptr<FileInForce> opened(
        new FileInForce(std::move(what), std::move(file), std::move(read)));
    if (absl::Status loaded = opened->Reload(); !loaded.ok()) return loaded;
    return opened;
  }

  // Never null; valid as long as the caller keeps it.
  std::shared_ptr<const T> Current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  // Reads the file (whatever its time says: a mounted volume swaps links) and puts what it says in
  // force when that is good and new. A bad or missing file leaves in force what is, is counted, and
  // is logged when first seen. Called every few seconds by the service's timer. The status is that
  // of the file now.
  absl::Status Refresh() {
    const std::lock_guard lock(refreshing_);
    absl::Status reloaded = Reload();
    const std::string failure(reloaded.message());
    if (!reloaded.ok()) ++failures_;
    if (!reloaded.ok() && failure != last_failure_) {
      telemetry::Log(telemetry::Severity::kError, what_ + " refused; the one before stays in force",
                     {{"file", file_}, {"error", failure}, {"in_force", Current()->Fingerprint()}});
    }
    last_failure_ = failure;
    return reloaded;
  }

  const std::string& what() const { return what_; }
  // Refreshes that found a bad or missing file.
  int64_t failures() const { return failures_; }

 private:
  FileInForce(std::string what, std::string file, Read read)
      : what_(std::move(what)), file_(std::move(file)), read_(std::move(read)) {}

  absl::Status Reload() {
    absl::StatusOr<std::shared_ptr<const T>> read = read_(file_);
    if (!read.ok()) return read.status();
    const std::string fingerprint = (*read)->Fingerprint();
    const std::shared_ptr<const T> before = Current();
    if (before != nullptr && before->Fingerprint() == fingerprint) return absl::OkStatus();
    {
      const std::lock_guard lock(mutex_);
      current_ = *std::move(read);
    }
    telemetry::Log(telemetry::Severity::kInfo, what_ + " in force",
                   {{"file", file_}, {"fingerprint", fingerprint}});
    return absl::OkStatus();
  }

  const std::string what_;
  const std::string file_;
  const Read read_;
  std::mutex refreshing_;
  std::string last_failure_;  // guarded by refreshing_
  std::atomic<int64_t> failures_ = 0;
  mutable std::mutex mutex_;  // held for a swap or a copy only: calls wait for it
  std::shared_ptr<const T> current_;
};

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_FILE_IN_FORCE_H_
