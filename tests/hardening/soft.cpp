// A program without hardening, for the test that the checker notices: CMakeLists.txt takes the
// linker's protections away, and this needs the code to be patched when it is loaded.

// Holds its own address, among the instructions.
asm(".text\n.globl own_address\nown_address: .dc.a own_address\n");

int main() {
  return 0;
}
