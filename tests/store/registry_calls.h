// Handlers of the registry over a real database, asked as the pipeline would ask them.
#ifndef THIDUA_TESTS_STORE_REGISTRY_CALLS_H_
#define THIDUA_TESTS_STORE_REGISTRY_CALLS_H_

#include <string>

#include "common/contract/page_token.h"
#include "common/database/migrator.h"
#include "common/directory/directory.h"
#include "common/directory/publication.h"
#include "common/rpc/mutation.h"
#include "common/runtime/clock.h"
#include "gtest/gtest.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/school_facts.h"

namespace thidua::testing {

// An empty registry; each call is the academy's, on 25 June 2024.
class RegistryCalls : public ::testing::Test {
 protected:
  RegistryCalls()
      : schema_(
            PrivateDatabase::Shared().CreateSchema("registry", database::registry_migrations())),
        pool_(schema_.app, 4),
        page_tokens_(
            contract::PageTokens::Create("khoa-thu-nghiem-cua-trang-danh-sach-0123456789").value()),
        writing_{pool_, [this](absl::Span<const database::ResourceVersion> written) {
                   directory::Publish(directory_, written);
                 }} {}

  template <class Room, class Request, class Response>
  absl::StatusOr<Response> Call(Room& room,
                                absl::StatusOr<Response> (Room::*handler)(rpc::CallContext&,
                                                                          const Request&),
                                const Request& request) {
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, Now());
    return (room.*handler)(call.context(), request);
  }
  template <class Room, class Request, class Response>
  absl::StatusOr<Response> Call(Room& room,
                                absl::StatusOr<Response> (Room::*handler)(rpc::Mutation&,
                                                                          const Request&),
                                const Request& request) {
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, Now());
    return rpc::RunMutation(call.context(), writing_, room, handler, request);
  }

  static absl::Time Now() {
    return absl::FromCivil(Day("2024-06-25"), runtime::VietnamTime()) + absl::Hours(9);
  }

  PrivateDatabase::Schema schema_;
  database::Pool pool_;
  directory::Directory directory_;
  contract::PageTokens page_tokens_;
  rpc::Writing writing_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_STORE_REGISTRY_CALLS_H_
