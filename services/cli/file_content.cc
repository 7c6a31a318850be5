#include "services/cli/file_content.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace thidua::cli {
namespace {

constexpr uintmax_t kLargestFile = 16 << 20;

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code failed;
  const uintmax_t size = std::filesystem::file_size(path, failed);
  std::ifstream in(path, std::ios::binary);
  if (failed || !in)
    return absl::NotFoundError(absl::StrCat(path, " cannot be read / không đọc được"));
  if (size > kLargestFile)
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is larger than 16 MiB / lớn hơn 16 MiB"));
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return absl::NotFoundError(absl::StrCat(path, " cannot be read / không đọc được"));
  return bytes;
}

absl::Status WriteFile(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out || std::rename(temporary.c_str(), path.c_str()) != 0) {
    std::remove(temporary.c_str());
    return absl::UnavailableError(absl::StrCat(path, " cannot be written / không ghi được"));
  }
  return absl::OkStatus();
}

absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message* message) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  if (auto parsed = google::protobuf::util::JsonStringToMessage(*text, message); !parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", std::string(parsed.message())));
  }
  return absl::OkStatus();
}

}  // namespace thidua::cli
