# What GAP knows of SmallGroup(order, number), as LibraryGroup in library_groups.py reads it.
LoadPackage("smallgrp");;
withSchur := TestPackageAvailability("wedderga") <> fail;;
if withSchur then LoadPackage("wedderga", false); fi;

# How many members of each class a subgroup has.
counted := function(elements, class, part)
  local counts, member;
  counts := ListWithIdenticalEntries(Maximum(class), 0);
  for member in AsList(part) do
    member := class[PositionSorted(elements, member)];
    counts[member] := counts[member] + 1;
  od;
  return counts;
end;;

# The Schur index over Q divides the degree, and how often the character is in any permutation character; it is even
# where the character is real and no real representation has it. Only where this leaves a choice wedderga is asked.
schur := function(group, character, sign, counts)
  local most, least;
  most := Gcd(Concatenation([character[1]], List(counts, one -> one * ValuesOfClassFunction(character) / Sum(one))));
  least := 1;
  if sign = -1 then least := 2; fi;
  if most = least then return least; fi;
  if withSchur then
    return ValueGlobal("SchurIndexByCharacter")(Rationals, group, character);
  fi;
  return 0;
end;;

described := function(order, number)
  local group, generators, moved, table, sizes, elements, class, place, member, places, whole, part, counts, cosets,
    character, sign, alike, found;
  Reset(GlobalMersenneTwister, 1);
  Reset(GlobalRandomSource, 1);
  group := SmallGroup(order, number);
  if IsSolvableGroup(group) then generators := MinimalGeneratingSet(group);
  else generators := SmallGeneratingSet(group); fi;
  moved := IsomorphismPermGroup(group);
  moved := moved * SmallerDegreePermutationRepresentation(Image(moved));
  table := CharacterTable(group);
  sizes := SizesConjugacyClasses(table);
  elements := AsSSortedList(group);
  class := [];
  for place in [1 .. Length(sizes)] do
    for member in AsList(ConjugacyClasses(table)[place]) do class[PositionSorted(elements, member)] := place; od;
  od;
  places := List(generators, one -> class[PositionSorted(elements, one)]);
  # Cosets of a subgroup are permuted, up to the values of one of its linear characters: degree, how many values, kernel.
  counts := [];
  cosets := [];
  for whole in List(ConjugacyClassesSubgroups(group), Representative) do
    Add(counts, counted(elements, class, whole));
    for part in Set(LinearCharacters(whole), KernelOfCharacter) do
      place := Index(whole, part);
      part := counted(elements, class, part);
      AddSet(cosets, [Index(group, whole), place, Filtered([1 .. Length(sizes)], one -> part[one] = sizes[one])]);
    od;
  od;
  found := [];
  for character in Irr(table) do
    # Conjugates have one degree, kernel and index, and fix equally many dimensions: one of them is listed.
    alike := Set(PrimeResidues(Exponent(group)), power -> GaloisCyc(ValuesOfClassFunction(character), power));
    if alike[1] = ValuesOfClassFunction(character) then
      sign := Indicator(table, [character], 2)[1];
      Add(found, [
        character[1], sign, Length(alike), schur(group, character, sign, counts),
        ClassPositionsOfKernel(character),
        List(places, place -> character[1] - Last(EigenvaluesChar(character, place)))
      ]);
    fi;
  od;
  return [
    order, number, StructureDescription(SmallGroup(order, number)), # a fresh copy: others recurse for ever
    List(generators, one -> ListPerm(Image(moved, one), LargestMovedPoint(Image(moved)))),
    Length(sizes), IsSolvableGroup(group), IsAbelian(group), Exponent(group), found, cosets
  ];
end;;
