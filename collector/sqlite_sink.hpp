#pragma once
// The collector's store: one SQLite file, which the sinks of several processes of one machine may
// share. Chunks stay as they came; what the event stream says is unpacked into tables beside them.
// Nothing read in one transaction is remembered in the next: another process may have changed it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "collector/sink.hpp"
#include "collector/writing_turn.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

class SqliteSink final : public Sink {
 public:
  // Opens or creates the file; errors as open_for_writing() and WritingTurn::take().
  static Result<SqliteSink> open(const std::string& path,
                                 Duration patience = WritingTurns::kPatience);

  // After an error that may have left the connection in doubt, the next call opens the file anew.
  // Each call may fail with kTimeout, having done nothing.
  Result<Receipt> store(const Shipment& shipment, WallTime now) override;
  Result<Ack> acknowledgement(std::string_view gateway, const RunId& run, Stream stream) override;
  Result<Ack> answer(std::string_view gateway, const Question& question) override;
  Result<> note_hello(std::string_view gateway, const uplink::Hello& hello, WallTime now) override;
  // An offline of another run than the present one is a late last will, and is ignored.
  Result<> note_status(std::string_view gateway, const uplink::Status& status,
                       WallTime now) override;

 private:
  SqliteSink(std::string path, Duration patience)
      : path_(std::move(path)), turns_(path_, patience) {}
  // Does `work` in one transaction, in this sink's turn.
  Result<> transact(const std::function<void(storage::Transaction&)>& work);
  Result<> connect();
  // Lets the connection go when `outcome` says that it cannot be trusted.
  void judge(const Result<>& outcome);

  std::string path_;
  WritingTurns turns_;
  std::optional<storage::Connection> connection_;
};

}  // namespace sluice::collector
