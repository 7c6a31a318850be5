#include "common/contract/page_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/contract/refusal.h"
#include "common/document/digest.h"
#include "common/runtime/secret_file.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace thidua::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kFormat = 1;
constexpr char kInteger = 'i';
constexpr char kText = 's';
constexpr size_t kArgumentsLength = 16;
constexpr size_t kMacLength = 32;
constexpr size_t kLeastKey = 32;

const FieldDescriptor* PageTokenField(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("page_token");
  const bool usable =
      field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return usable ? field : nullptr;
}

// What a token is bound to.
std::string ArgumentsDigest(std::string_view method, const Message& request) {
  const std::unique_ptr<Message> arguments(request.New());
  arguments->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    const FieldDescriptor* field = arguments->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) arguments->GetReflection()->ClearField(arguments.get(), field);
  }
  std::string bytes(method);
  bytes.push_back('\0');
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    arguments->SerializeToCodedStream(&coded);
  }
  return document::Sha256(bytes).substr(0, kArgumentsLength);
}

void AppendNumber(std::string& bytes, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
}

std::optional<uint64_t> TakeNumber(std::string_view& bytes) {
  if (bytes.size() < 8) return std::nullopt;
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) {
    number = number << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  }
  bytes.remove_prefix(8);
  return number;
}

std::string EncodePosition(const Parameters& position) {
  std::string bytes;
  for (const Parameter& part : position) {
    if (const auto* integer = std::get_if<int64_t>(&part)) {
      bytes.push_back(kInteger);
      AppendNumber(bytes, static_cast<uint64_t>(*integer));
    } else {
      const std::string& text = std::get<std::string>(part);
      bytes.push_back(kText);
      AppendNumber(bytes, text.size());
      bytes.append(text);
    }
  }
  return bytes;
}

std::optional<Parameters> DecodePosition(std::string_view bytes) {
  Parameters position;
  while (!bytes.empty()) {
    const char kind = bytes.front();
    bytes.remove_prefix(1);
    const std::optional<uint64_t> number = TakeNumber(bytes);
    if (!number) return std::nullopt;
    if (kind == kInteger) {
      position.emplace_back(static_cast<int64_t>(*number));
    } else if (kind == kText && *number <= bytes.size()) {
      position.emplace_back(std::string(bytes.substr(0, *number)));
      bytes.remove_prefix(*number);
    } else {
      return std::nullopt;
    }
  }
  return position;
}

std::string Encode(const std::string& bytes) {
  std::string token = absl::WebSafeBase64Escape(bytes);
  token.erase(token.find_last_not_of('=') + 1);
  return token;
}

// Only what Encode writes: the decoder alone also takes white space, padding and stray bits at the
// end.
std::optional<std::string> Decode(const std::string& token) {
  std::string bytes;
  if (token.size() > size_t{kLongestPageToken} || !absl::WebSafeBase64Unescape(token, &bytes) ||
      Encode(bytes) != token) {
    return std::nullopt;
  }
  return bytes;
}

std::string Mac(const std::string& key, std::string_view bytes) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  // Fails only when memory is exhausted; the zero-length tag then matches no token.
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), mac,
           &length) == nullptr) {
    return "";
  }
  return std::string(reinterpret_cast<const char*>(mac), length);
}

// `tag` is some key's over `bytes`. All keys take the same time.
bool MadeHere(const PageTokenKeys& keys, std::string_view bytes, std::string_view tag) {
  bool made_here = false;
  for (const std::string& key : keys.keys()) {
    const std::string mac = Mac(key, bytes);
    made_here |= mac.size() == tag.size() && CRYPTO_memcmp(mac.data(), tag.data(), tag.size()) == 0;
  }
  return made_here;
}

absl::Status NotOurs() {
  return Refuse(access::v1::REASON_PAGE_TOKEN_INVALID, {{"why", "it was not made by this service"},
                                                        {"why_vi", "không do dịch vụ này cấp"}});
}

}  // namespace

int32_t PageSize(int32_t requested, int32_t default_size, int32_t max) {
  return requested <= 0 ? std::min(default_size, max) : std::min(requested, max);
}

absl::StatusOr<std::shared_ptr<const PageTokenKeys>> PageTokenKeys::Create(std::string_view lines) {
  std::vector<std::string> keys = absl::StrSplit(std::string(lines), '\n');
  for (const std::string& key : keys) {
    if (key.size() < kLeastKey)
      return absl::FailedPreconditionError("a page token key is shorter than 32 bytes");
  }
  return std::shared_ptr<const PageTokenKeys>(new PageTokenKeys(std::move(keys)));
}

absl::StatusOr<std::shared_ptr<const PageTokenKeys>> PageTokenKeys::Load(const std::string& file) {
  const absl::StatusOr<std::string> lines = runtime::ReadSecretFile(file);
  if (!lines.ok()) return lines.status();
  return Create(*lines);
}

std::string PageTokenKeys::Fingerprint() const {
  return document::Hex(
      document::Sha256("page token keys\n" + absl::StrJoin(keys_, "\n")).substr(0, 8));
}

absl::StatusOr<PageTokens> PageTokens::Create(std::string_view lines) {
  absl::StatusOr<std::shared_ptr<const PageTokenKeys>> keys = PageTokenKeys::Create(lines);
  if (!keys.ok()) return keys.status();
  return PageTokens([keys = *std::move(keys)] { return keys; });
}

PageTokens::PageTokens(const runtime::FileInForce<PageTokenKeys>& file)
    : keys_([&file] { return file.Current(); }) {}

std::string PageTokens::Make(std::string_view method, const Message& request,
                             const Parameters& position) const {
  std::string bytes(1, kFormat);
  bytes += ArgumentsDigest(method, request);
  bytes += EncodePosition(position);
  bytes += Mac(keys_()->keys().front(), bytes);
  return Encode(bytes);
}

absl::StatusOr<Parameters> PageTokens::Read(std::string_view method, const Message& request) const {
  const FieldDescriptor* field = PageTokenField(request);
  if (field == nullptr) {
    return absl::InternalError("request has no page_token: " + request.GetTypeName());
  }
  const std::string token = request.GetReflection()->GetString(request, field);
  if (token.empty()) return Parameters();

  const std::optional<std::string> bytes = Decode(token);
  if (!bytes || bytes->size() < 1 + kArgumentsLength + kMacLength || bytes->front() != kFormat) {
    return NotOurs();
  }
  const std::string_view signed_part(bytes->data(), bytes->size() - kMacLength);
  if (!MadeHere(*keys_(), signed_part, std::string_view(*bytes).substr(signed_part.size())))
    return NotOurs();
  if (signed_part.substr(1, kArgumentsLength) != ArgumentsDigest(method, request)) {
    return Refuse(
        access::v1::REASON_PAGE_TOKEN_INVALID,
        {{"why", "it was made for other arguments"}, {"why_vi", "được cấp cho một yêu cầu khác"}});
  }
  std::optional<Parameters> position = DecodePosition(signed_part.substr(1 + kArgumentsLength));
  if (!position) return NotOurs();
  return *std::move(position);
}

}  // namespace thidua::contract
