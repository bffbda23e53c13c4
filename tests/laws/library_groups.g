# What GAP knows of SmallGroup(order, number), as LibraryGroup in library_groups.py reads it.
LoadPackage("smallgrp");;
withSchur := TestPackageAvailability("wedderga") <> fail;;
if withSchur then LoadPackage("wedderga", false); fi;

schur := function(group, character)
  if character[1] = 1 then return 1; fi;
  if withSchur then return ValueGlobal("SchurIndexByCharacter")(Rationals, group, character); fi;
  return 0;
end;;

# Cosets of a subgroup are permuted, up to the signs that a subgroup of index 1 or 2 in it gives: degree and kernel.
signed := function(group, members)
  local found, class, whole, part, kernel;
  found := [];
  for class in ConjugacyClassesSubgroups(group) do
    whole := Representative(class);
    for part in Concatenation([whole], Filtered(MaximalSubgroupClassReps(whole), one -> Index(whole, one) = 2)) do
      kernel := Core(group, part);
      AddSet(found, [Index(group, whole), Filtered([1 .. Length(members)], place -> members[place] in kernel)]);
    od;
  od;
  return found;
end;;

described := function(order, number)
  local group, generators, moved, table, members, places, character, alike, found;
  Reset(GlobalMersenneTwister, 1);
  Reset(GlobalRandomSource, 1);
  group := SmallGroup(order, number);
  if IsSolvableGroup(group) then generators := MinimalGeneratingSet(group);
  else generators := SmallGeneratingSet(group); fi;
  moved := IsomorphismPermGroup(group);
  moved := moved * SmallerDegreePermutationRepresentation(Image(moved));
  table := CharacterTable(group);
  members := List(ConjugacyClasses(table), Representative);
  places := List(generators, one -> PositionProperty(ConjugacyClasses(table), class -> one in class));
  found := [];
  for character in Irr(table) do
    # Conjugates have one degree, kernel and index, and fix equally many dimensions: one of them is listed.
    alike := Set(PrimeResidues(Exponent(group)), power -> GaloisCyc(ValuesOfClassFunction(character), power));
    if alike[1] = ValuesOfClassFunction(character) then
      Add(found, [
        character[1], Indicator(table, [character], 2)[1], Length(alike), schur(group, character),
        ClassPositionsOfKernel(character),
        List(places, place -> character[1] - Last(EigenvaluesChar(character, place)))
      ]);
    fi;
  od;
  return [
    order, number, StructureDescription(group),
    List(generators, one -> ListPerm(Image(moved, one), LargestMovedPoint(Image(moved)))),
    Length(members), IsSolvableGroup(group), IsAbelian(group), Exponent(group), found, signed(group, members)
  ];
end;;
