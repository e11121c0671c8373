# Makes one party's table of invented people: awk -v party=north -f make.awk
function draw() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
BEGIN {
	seed = 20260
	if (party == "lab") print "person,marker"
	else if (party == "new") print "person,age,pressure,sugar"
	else print "person,age,pressure,sugar,ill"
	for (i = 1; i <= 340; i++) {
		age = 30 + int(50 * draw()); pressure = 100 + int(60 * draw()); sugar = sprintf("%.1f", 4 + 6 * draw())
		marker = sprintf("%.2f", draw())
		ill = (age - 55) / 10 + (pressure - 130) / 15 + (sugar - 7) + 4 * (marker - 0.5) + 2 * (draw() - 0.5) > 0 ? "yes" : "no"
		id = sprintf("P%03d", i)
		if (party == "lab") { if (i % 10) print id "," marker }
		else if (party == "new") { if (i > 300) print id "," age "," pressure "," sugar }
		else if (i <= 300 && (party == "north") == (i <= 150)) print id "," age "," pressure "," sugar "," ill
	}
}
