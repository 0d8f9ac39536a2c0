// Where the program starts on 32-bit ARM with hard floats, instead of in Debian's crt1.o.
//
// Debian's armhf is ARMv7, and what it would link statically (crt1.o, crti.o, crtbegin.o, libgcc.a, libc_nonshared.a) does not
// run on the ARMv6 of a Raspberry Pi 1 or Zero, whose 32-bit Raspberry Pi OS is `armhf` too. This takes its place, so that one
// package serves both. Constructors and destructors are called by glibc itself, from DT_INIT_ARRAY (2.34 and later).
#if defined(__arm__) && defined(__ARM_PCS_VFP)
    .syntax unified
    .arm
    .text
    .globl  _start
    .type   _start, %function
// The kernel or ld.so enters with r0 = what to call at exit, sp = argc, argv[0] …, aligned to 8 bytes.
_start:
    .fnstart
    .cantunwind
    mov     fp, #0              // the outermost frame
    mov     lr, #0
    pop     {r1}                // argc
    mov     r2, sp              // argv
    push    {r2}                // stack_end
    push    {r0}                // rtld_fini
    mov     r3, #0              // init and fini: glibc reads them from the program's dynamic section
    push    {r3}
    ldr     r0, .Loffset        // main, wherever the program was loaded
.Lhere:
    add     r0, pc, r0
    bl      __libc_start_main   // (main, argc, argv, init, fini, rtld_fini, stack_end)
    bl      abort
    .p2align 2
.Loffset:
    .word   main - (.Lhere + 8)
    .fnend
    .size   _start, . - _start
#endif
    .section .note.GNU-stack, "", %progbits
