#pragma once
// What a single file may look like and say.

#include "tests/tidy/source.hpp"

namespace sluice::tidy {

Findings file_names_not_snake_case(const Source& source);
// `#pragma once`, then a comment that says what this is.
Findings headers_without_introduction(const Source& source);
Findings lines_too_long(const Source& source);
// Tests are lists of facts and may be longer.
Findings files_too_long(const Source& source);
// `}  // namespace name` for each namespace, but for a forward declaration.
Findings namespaces_without_end(const Source& source);

// What a later reader would have to finish.
Findings unfinished_work(const Source& source);
// new, delete, shared_ptr, throw; using namespace, but for literals and in tests.
Findings banned_words(const Source& source);
// Names that say nothing: Manager, Helper, Util, Data, Info, Handler, Common.
Findings empty_names(const Source& source);
// A mutex says in a comment on its line, or on the line above, why it has to be.
Findings mutexes_without_reason(const Source& source);
// No clock, thread, lock or file in core/.
Findings impure_core(const Source& source);
// No sleep and no real clock in the unit tests.
Findings impatient_unit_tests(const Source& source);

}  // namespace sluice::tidy
