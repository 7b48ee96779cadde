// The main() of every CppUTest program.

#include <CppUTest/CommandLineTestRunner.h>
#include <CppUTest/TestHarness.h>

int main(int argc, char** argv) {
  // Before any other thread starts: threads of the code under test allocate too.
  MemoryLeakWarningPlugin::turnOnThreadSafeNewDeleteOverloads();
  return CommandLineTestRunner::RunAllTests(argc, argv);
}
