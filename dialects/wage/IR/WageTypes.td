//===- WageTypes.td - the grid type and the tensors made of it --*- tablegen -*-===//
//
// Part of wage, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===---------------------------------------------------------------------------===//

#ifndef WAGE_DIALECTS_WAGE_IR_WAGETYPES_TD
#define WAGE_DIALECTS_WAGE_IR_WAGETYPES_TD

include "dialects/wage/IR/WageAttrs.td"

def Wage_GridType : TypeDef<Wage_Dialect, "Grid"> {
  let mnemonic = "grid";
  let summary = "Integers on a power-of-two grid";
  let description = [{
    Element type of a tensor: an integer n that is worth n * 2^exponent. With `bits` = k the integer is a k-bit WAGE
    integer, |n| <= 2^(k-1) - 1 (k = 1: n is -1 or +1). An exact accumulator, role Z, has no width: `bits` is 0, and
    the integer level proves how many it needs. For errors, roles E and Z, the worth is relative to the last Q_E, whose
    result has exponent 0. Spec: section 1.

    (C1) `bits` is 0 for role Z, 1 to 8 for W, 2 to 16 for A, G and E. (C2) `|exponent|` < 64.

    Example:
    ```mlir
    func.func private @activations() -> tensor<?x32x28x28x!wage.grid<A, 8, -7>>
    ```
  }];
  let parameters = (ins EnumParameter<Wage_Role>:$role, "int":$bits, "int":$exponent);
  let assemblyFormat = "`<` $role `,` $bits `,` $exponent `>`";
  let genVerifyDecl = 1; // grid_c1, grid_c2
  let extraClassDeclaration = [{
    /// The grid of k-bit WAGE integers of `role`: one step is worth sigma(k) = 2^(1-k). Source: section 1.
    static GridType getUnit(::mlir::MLIRContext *context, Role role, int bits);
    /// The grid of exact accumulators whose step is worth 2^exponent.
    static GridType getAccumulator(::mlir::MLIRContext *context, int exponent);
    /// Largest magnitude of a `bits`-bit WAGE integer. Requires a role other than Z, asserted.
    int64_t getLimit();
  }];
}

class Wage_GridOf<string roles, string summary> : Type<
    CPred<"::llvm::isa<::wage::GridType>($_self) && ::llvm::is_contained(::llvm::ArrayRef<::wage::Role>{"
          # roles # "}, ::llvm::cast<::wage::GridType>($_self).getRole())">, summary>;

def Wage_AnyTensor : RankedTensorOf<[Wage_GridType]>;
def Wage_Weights : RankedTensorOf<[Wage_GridOf<"::wage::Role::W", "weights in use (role W)">]>;
def Wage_Activations : RankedTensorOf<[Wage_GridOf<"::wage::Role::A", "activations (role A)">]>;
def Wage_Masters : RankedTensorOf<[Wage_GridOf<"::wage::Role::G", "master weights (role G)">]>;
def Wage_Errors : RankedTensorOf<[Wage_GridOf<"::wage::Role::E", "errors (role E)">]>;
def Wage_Accumulators : RankedTensorOf<[Wage_GridOf<"::wage::Role::Z", "accumulators (role Z)">]>;
/// What flows forward, and what flows back.
def Wage_Values : RankedTensorOf<[Wage_GridOf<"::wage::Role::A, ::wage::Role::Z", "values (role A or Z)">]>;
def Wage_AnyErrors : RankedTensorOf<[Wage_GridOf<"::wage::Role::E, ::wage::Role::Z", "errors (role E or Z)">]>;
def Wage_Summands : RankedTensorOf<[Wage_GridOf<"::wage::Role::A, ::wage::Role::E, ::wage::Role::Z",
                                               "values or errors (role A, E or Z)">]>;

def Wage_Integers : RankedTensorOf<[AnySignlessInteger]>;
def Wage_Mask : RankedTensorOf<[I1]>;
def Wage_Scalar32 : 0DTensorOf<[I32]>,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI32Type())">;
def Wage_Scalar64 : 0DTensorOf<[I64]>,
    BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getI64Type())">;

#endif // WAGE_DIALECTS_WAGE_IR_WAGETYPES_TD
