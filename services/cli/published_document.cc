#include "services/cli/published_document.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/document/canonical_json.h"
#include "common/document/digest.h"
#include "common/document/signature.h"
#include "google/protobuf/struct.pb.h"
#include "services/cli/answers.h"
#include "services/cli/file_content.h"
#include "services/cli/registry_text.h"
#include "services/cli/window_form.h"

namespace thidua::cli {

using namespace reporting::v1;  // NOLINT: the contract's own words

namespace {

std::string Method(const std::string& name) {
  return "thidua.reporting.v1.ConsolidationService." + name;
}

absl::Status Untrusted(absl::StatusCode code, std::string_view english,
                       std::string_view vietnamese) {
  return absl::Status(code, absl::StrCat(std::string(english), " / ", std::string(vietnamese)));
}

absl::Status Explained(const absl::Status& verdict) {
  switch (verdict.code()) {
    case absl::StatusCode::kDataLoss:
      return Untrusted(verdict.code(), "the document or its signature was changed",
                       "văn bản hoặc chữ ký đã bị thay đổi");
    case absl::StatusCode::kFailedPrecondition:
      return Untrusted(verdict.code(),
                       absl::StrCat("signed with another key: ", std::string(verdict.message())),
                       "được ký bằng khóa khác");
    default:
      return Untrusted(verdict.code(),
                       absl::StrCat("not a signature file: ", std::string(verdict.message())),
                       "tệp chữ ký không hợp lệ");
  }
}

int Report(const Session& session, const std::string& file, const VerifiedDocument& verified) {
  if (session.json()) {
    google::protobuf::Struct json;
    (*json.mutable_fields())["verified"].set_bool_value(true);
    (*json.mutable_fields())["sha256"].set_string_value(verified.sha256);
    (*json.mutable_fields())["keyId"].set_string_value(verified.key_id);
    (*json.mutable_fields())["type"].set_string_value(verified.type);
    session.PrintJson(json);
    return kOk;
  }
  std::cout << "✓ " << file << session.Say(": the signature is good\n", ": chữ ký đúng\n")
            << "  SHA-256  " << verified.sha256 << "\n"
            << session.Say("  key      ", "  khóa     ") << verified.key_id << "\n"
            << session.Say("  type     ", "  loại     ") << verified.type << "\n";
  return kOk;
}

// What cannot be read at all has its own exit status; whatever is wrong with what was read is a
// failed verification.
int NotVerified(const Session& session, const std::string& file, const absl::Status& why) {
  std::cerr << "✗ " << file << ": " << std::string(why.message())
            << session.Say("\n  The document must not be trusted.\n",
                           "\n  Không được tin văn bản này.\n");
  return kRefused;
}

}  // namespace

absl::StatusOr<Publication> FindPublication(Session& session, const std::string& window,
                                            const std::string& word) {
  const std::string parent = Named("windows", window);
  ListPublicationsRequest request;
  request.set_parent(parent);
  request.set_cluster(Named("clusters", word));
  request.set_page_size(50);
  const auto published =
      AllPages<ListPublicationsResponse>(session, Method("ListPublications"), request);
  if (!published.ok()) return published.status();
  const auto& all = published->publications();
  GetPublicationRequest one;
  one.set_name(all.empty() ? absl::StrCat(parent, "/publications/", word) : all.rbegin()->name());
  return session.Call<Publication>(Method("GetPublication"), one);
}

absl::StatusOr<VerifiedDocument> VerifyPublished(std::string_view document,
                                                 std::string_view signature_file,
                                                 std::string_view public_key_pem) {
  const auto keys = document::VerifyingKeys::FromPem(public_key_pem);
  if (!keys.ok()) {
    return Untrusted(keys.status().code(),
                     absl::StrCat("not a public key: ", std::string(keys.status().message())),
                     "tệp khóa không hợp lệ");
  }
  absl::StatusOr<std::string> key_id = document::VerifyDocument(*keys, document, signature_file);
  if (!key_id.ok()) return Explained(key_id.status());
  const absl::StatusOr<document::Value> content = document::ParseCanonical(document);
  const document::Value* type = content.ok() ? content->Find("type") : nullptr;
  if (type == nullptr || type->AsString() == nullptr) {
    return Untrusted(absl::StatusCode::kInvalidArgument, "signed, but not a published document",
                     "có chữ ký nhưng không phải văn bản công bố");
  }
  return VerifiedDocument{document::Hex(document::Sha256(document)), *std::move(key_id),
                          *type->AsString()};
}

int DownloadDocument(Session& session) {
  const std::string file = session.arguments().Flag("out").value_or("");
  if (file.empty()) return Misused(session, "--out FILE says where to keep it", "cần --out TỆP");
  const std::vector<std::string>& words = session.arguments().words();
  const absl::StatusOr<Publication> publication = FindPublication(session, words[0], words[1]);
  if (!publication.ok()) return session.Fail(publication.status());
  absl::Status written = WriteFile(file, publication->document());
  if (written.ok())
    written =
        WriteFile(file + ".sig",
                  document::EncodeSignatureFile({publication->key_id(), publication->signature()}));
  if (!written.ok()) return session.Fail(written);
  if (!session.json()) {
    std::cout << "✓ " << publication->name() << "\n  " << file << "  SHA-256 "
              << document::Hex(publication->sha256()) << "\n  " << file << ".sig\n";
  }
  return kOk;
}

int VerifyDocumentFile(Session& session) {
  const std::string& file = session.arguments().words().front();
  const std::string key_file = session.arguments().Flag("key").value_or("");
  if (key_file.empty())
    return Misused(session, "--key PUBLIC.pem names the public key",
                   "cần --key TỆP-KHÓA-CÔNG-KHAI.pem");
  const absl::StatusOr<std::string> document = ReadFile(file);
  const absl::StatusOr<std::string> signature =
      ReadFile(session.arguments().Flag("signature").value_or(file + ".sig"));
  const absl::StatusOr<std::string> key = ReadFile(key_file);
  for (const auto* content : {&document, &signature, &key}) {
    if (!content->ok()) return session.Fail(content->status());
  }
  const absl::StatusOr<VerifiedDocument> verified = VerifyPublished(*document, *signature, *key);
  return verified.ok() ? Report(session, file, *verified)
                       : NotVerified(session, file, verified.status());
}

}  // namespace thidua::cli
