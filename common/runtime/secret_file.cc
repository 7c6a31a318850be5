#include "common/runtime/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace thidua::runtime {
namespace {

constexpr off_t kMaxSecretBytes = 64 * 1024;

absl::Status Unusable(const std::string& path, const char* why) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why));
}

// Opens first and asks the descriptor, so that what is checked is what is read. Not to be waited
// on: a FIFO opens at once and is refused as irregular.
absl::StatusOr<int> OpenRegular(const std::string& path, struct stat& status) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Unusable(path, std::strerror(errno));
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor);
    return Unusable(path, "not a regular file");
  }
  if (status.st_size == 0) {
    close(descriptor);
    return Unusable(path, "empty");
  }
  return descriptor;
}

absl::StatusOr<std::string> ReadAll(int descriptor, const std::string& path, size_t size) {
  std::string content(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t count = read(descriptor, content.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unusable(path, std::strerror(errno));
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  content.resize(done);
  return content;
}

}  // namespace

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  struct stat status {};
  const absl::StatusOr<int> descriptor = OpenRegular(path, status);
  if (!descriptor.ok()) return descriptor.status();
  const absl::Cleanup closing = [&descriptor] { close(*descriptor); };
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return Unusable(path, "a secret that every user may read or write (chmod o-rw)");
  }
  if (status.st_size > kMaxSecretBytes) return Unusable(path, "larger than 64 KiB");
  absl::StatusOr<std::string> content =
      ReadAll(*descriptor, path, static_cast<size_t>(status.st_size));
  if (!content.ok()) return content;
  if (!content->empty() && content->back() == '\n') content->pop_back();
  if (content->empty()) return Unusable(path, "empty");
  return content;
}

absl::Status CheckReadable(const std::string& path) {
  struct stat status {};
  const absl::StatusOr<int> descriptor = OpenRegular(path, status);
  if (!descriptor.ok()) return descriptor.status();
  close(*descriptor);
  return absl::OkStatus();
}

}  // namespace thidua::runtime
