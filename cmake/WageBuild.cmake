# Build settings of the whole project, and its only CMake functions:
#   wage_add_library(NAME SOURCES ... [LINK ...] [DEPENDS ...] [MLIR])   one folder, one static library
#   wage_add_dialect(NAME PREFIX DIALECT ... SOURCES ... [LINK ...] [TYPES] [ATTRS] [ENUMS] [INTERFACES file])
#   wage_add_passes(NAME TD ...)                           pass declarations from a Passes.td
#   wage_add_tool(NAME SOURCES ... LINK ... [MLIR])        one executable in bin/
#   wage_add_unittest(NAME SOURCES ... LINK ... [MLIR])    one GoogleTest program in bin/

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers carry time macros; ccache needs to be told that wage does not use them.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${CCACHE_PROGRAM}")
endif()

enable_testing()
# Where LLVM's packages put their programs, lit and FileCheck among them; a build of the runtime alone tests with them too.
set(WAGE_LLVM_BIN /usr/lib/llvm-22/bin)

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
# Where all that wage-run needs is there as an archive, it is linked so, and starts without looking for libraries.
find_library(WAGE_ZLIB_ARCHIVE libz.a)
find_library(WAGE_LIBC_ARCHIVE libc.a)
if(WAGE_ZLIB_ARCHIVE AND WAGE_LIBC_ARCHIVE AND NOT WAGE_SANITIZE AND NOT WAGE_VALGRIND)
  set(WAGE_STATIC -static)
  set_target_properties(ZLIB::ZLIB PROPERTIES IMPORTED_LOCATION "${WAGE_ZLIB_ARCHIVE}"
                        IMPORTED_LOCATION_RELEASE "${WAGE_ZLIB_ARCHIVE}")
endif()
find_program(FLATC flatc REQUIRED)
# Debian's own python carries numpy and onnx; another one in PATH may not.
find_program(WAGE_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(WAGE_PYTHON python3 REQUIRED)

add_library(WageOptions INTERFACE)
target_include_directories(WageOptions INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_options(WageOptions INTERFACE -Wall -Wextra -Wno-missing-field-initializers -fvisibility-inlines-hidden
                       $<$<BOOL:${WAGE_WERROR}>:-Werror>)
# Clang 22 takes std::get_temporary_buffer, which std::stable_sort of GCC 12's library calls, for a call of ours.
target_compile_options(WageOptions INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
if(WAGE_SANITIZE)
  # The packaged LLVM has no type information that -fsanitize=vptr could read.
  target_compile_options(WageOptions INTERFACE -fsanitize=${WAGE_SANITIZE} -fno-sanitize-recover=all
                         -fno-sanitize=vptr -fno-omit-frame-pointer)
  # GCC 12 takes what LLVM's JSON.h tells the address sanitizer of a union for a use of the union.
  target_compile_options(WageOptions INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(WageOptions INTERFACE -fsanitize=${WAGE_SANITIZE})
endif()
if(WAGE_COVERAGE)
  target_compile_options(WageOptions INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(WageOptions INTERFACE -fprofile-instr-generate)
endif()

if(NOT WAGE_RUNTIME_ONLY)
  find_package(MLIR 22.1 REQUIRED CONFIG PATHS /usr/lib/llvm-22 NO_DEFAULT_PATH)
  list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
  include(TableGen)
  include(AddLLVM)
  include(AddMLIR)
  # One set of include paths for every tablegen run; SYSTEM keeps LLVM's own warnings out of ours.
  include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  include_directories("${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")

  add_library(WageMlir INTERFACE)
  target_link_libraries(WageMlir INTERFACE MLIR LLVM)
  target_compile_options(WageMlir INTERFACE -Wno-unused-parameter -fno-rtti)
  if(WAGE_SANITIZE MATCHES fuzzer)
    set(ignored "${PROJECT_SOURCE_DIR}/cmake/FuzzIgnoreList.txt")
    target_compile_options(WageMlir INTERFACE "-fsanitize-ignorelist=${ignored}" "-fsanitize-coverage-ignorelist=${ignored}")
  endif()
endif()

function(wage_add_library name)
  cmake_parse_arguments(ARG "MLIR" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC WageOptions ${ARG_LINK})
  if(ARG_MLIR)
    target_link_libraries(${name} PUBLIC WageMlir)
    target_precompile_headers(${name} REUSE_FROM WageMlirPch)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

if(NOT WAGE_RUNTIME_ONLY)
  file(WRITE "${CMAKE_BINARY_DIR}/WageMlirPch.cpp" "")
  add_library(WageMlirPch STATIC "${CMAKE_BINARY_DIR}/WageMlirPch.cpp")
  target_link_libraries(WageMlirPch PUBLIC WageOptions WageMlir)
  target_precompile_headers(WageMlirPch PRIVATE
    <mlir/IR/Builders.h> <mlir/IR/BuiltinTypes.h> <mlir/IR/BuiltinOps.h> <mlir/IR/OpImplementation.h>
    <mlir/Pass/Pass.h> <mlir/Dialect/Func/IR/FuncOps.h> <mlir/Transforms/DialectConversion.h>)
endif()

function(wage_add_dialect name)
  cmake_parse_arguments(ARG "TYPES;ATTRS;ENUMS" "PREFIX;DIALECT" "SOURCES;LINK;INTERFACES" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS ${ARG_PREFIX}Ops.td)
  mlir_tablegen(${ARG_PREFIX}Ops.h.inc -gen-op-decls)
  mlir_tablegen(${ARG_PREFIX}Ops.cpp.inc -gen-op-defs)
  mlir_tablegen(${ARG_PREFIX}Dialect.h.inc -gen-dialect-decls -dialect=${ARG_DIALECT})
  mlir_tablegen(${ARG_PREFIX}Dialect.cpp.inc -gen-dialect-defs -dialect=${ARG_DIALECT})
  if(ARG_TYPES)
    mlir_tablegen(${ARG_PREFIX}Types.h.inc -gen-typedef-decls -typedefs-dialect=${ARG_DIALECT})
    mlir_tablegen(${ARG_PREFIX}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${ARG_DIALECT})
  endif()
  if(ARG_ATTRS)
    mlir_tablegen(${ARG_PREFIX}Attrs.h.inc -gen-attrdef-decls -attrdefs-dialect=${ARG_DIALECT})
    mlir_tablegen(${ARG_PREFIX}Attrs.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${ARG_DIALECT})
  endif()
  if(ARG_ENUMS)
    mlir_tablegen(${ARG_PREFIX}Enums.h.inc -gen-enum-decls)
    mlir_tablegen(${ARG_PREFIX}Enums.cpp.inc -gen-enum-defs)
  endif()
  foreach(interface ${ARG_INTERFACES})
    set(LLVM_TARGET_DEFINITIONS ${interface}.td)
    mlir_tablegen(${interface}.h.inc -gen-op-interface-decls)
    mlir_tablegen(${interface}.cpp.inc -gen-op-interface-defs)
  endforeach()
  add_public_tablegen_target(${name}IncGen)
  wage_add_library(${name} MLIR SOURCES ${ARG_SOURCES} LINK ${ARG_LINK} DEPENDS ${name}IncGen)
endfunction()

function(wage_add_passes name td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name=${name})
  add_public_tablegen_target(Wage${name}PassIncGen)
endfunction()

function(wage_add_tool name)
  cmake_parse_arguments(ARG "MLIR" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE WageOptions ${ARG_LINK})
  if(ARG_MLIR)
    target_link_libraries(${name} PRIVATE WageMlir)
    if(WAGE_SANITIZE MATCHES address)
      target_sources(${name} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/AddressSanitizerOptions.cpp")
    endif()
  endif()
endfunction()

function(wage_add_unittest name)
  cmake_parse_arguments(ARG "MLIR" "" "SOURCES;LINK" ${ARGN})
  if(ARG_MLIR AND WAGE_RUNTIME_ONLY)
    return()
  endif()
  wage_add_tool(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gtest_main)
  # A folder of their own, so that lit takes what stands there and nothing else.
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test/unit/programs")
  set_property(GLOBAL APPEND PROPERTY WAGE_UNITTESTS ${name})
endfunction()
