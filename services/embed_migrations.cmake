# Writes OUT: the numbered SQL files as C++ raw strings with name and SHA-256, in order of name.
# Files of common/database/migrations (ledger, journal, leases) come first in every service's schema.
set(text "#include \"common/database/migrator.h\"\n\nnamespace thidua::database {\n\n")
string(APPEND text "const std::vector<MigrationFile>& ${NAME}_migrations() {\n  static const auto* const files = new std::vector<MigrationFile>{\n")
foreach(file ${FILES})
  get_filename_component(base ${file} NAME)
  file(SHA256 ${file} hash)
  file(READ ${file} sql)
  string(APPEND text "      {\"${base}\", \"${hash}\", R\"sql(${sql})sql\"},\n")
endforeach()
string(APPEND text "  };\n  return *files;\n}\n\n}  // namespace thidua::database\n")
file(WRITE ${OUT} "${text}")
