#pragma once
// The collector's store: one SQLite file, one writing connection. Chunks stay as they came; what
// the event stream says is unpacked into tables beside them.

#include <optional>
#include <string>
#include <string_view>

#include "collector/sink.hpp"
#include "core/result.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

class SqliteSink final : public Sink {
 public:
  // Opens or creates the file; errors as open_for_writing().
  static Result<SqliteSink> open(const std::string& path);

  // After an error that may have left the connection in doubt, the next call opens the file anew.
  Result<Receipt> store(const Shipment& shipment, WallTime now) override;
  Result<Ack> acknowledgement(std::string_view gateway, const RunId& run, Stream stream) override;
  Result<> note_hello(std::string_view gateway, const uplink::Hello& hello, WallTime now) override;
  // An offline of another run than the present one is a late last will, and is ignored.
  Result<> note_status(std::string_view gateway, const uplink::Status& status,
                       WallTime now) override;

 private:
  SqliteSink(std::string path, storage::Connection connection);
  Result<> connect();
  // Lets the connection go when `outcome` says that it cannot be trusted.
  void judge(const Result<>& outcome);

  std::string path_;
  std::optional<storage::Connection> connection_;
};

}  // namespace sluice::collector
