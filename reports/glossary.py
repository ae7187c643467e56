"""The words of every report that a board member should not have to look up."""

GLOSSARY = {
    "Reference": "What every method is measured against: a certified optimum or exact value where there is a proof, "
    "else the best value known, or a bound that no answer can beat.",
    "Gap": "How far an answer is from the reference; 0 is the reference itself. An energy's gap is called its error.",
    "Feasible": "The share of the proposed answers that meet every constraint before any repair.",
    "Chance of optimum": "The probability that one single sample is the best answer there is.",
    "Control": "The same procedure with the quantum part taken out, usually uniform random sampling of the feasible "
    "answers. What quantum adds is what it does better than its control.",
    "Quartiles": "Half of the runs lie between these two numbers.",
    "Seed": "The number that makes a random method repeatable; several seeds show how much luck there is in a result.",
    "Does not rank": "The value is shown, but cannot win: the method had not converged, or its value lies below the "
    "exact one.",
}
