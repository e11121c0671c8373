# Makes the tables of this example, people nobody is: the same ones each time.
#
#   awk -v party=hospital -f make.awk > hospital.csv
#
# parties: hospital, clinic, insurer.

# draw is a number from 0 to n-1, of Park and Miller's generator, which every awk
# reckons exactly.
function draw(n) {
	state = (state * 16807) % 2147483647
	return int(state / 1024) % n
}

BEGIN {
	state = 20261128
	split("basic comfort premium travel", plans, " ")
	split("north east south west", regions, " ")
	if (party == "hospital") print "insurance,region,cost"
	else if (party == "clinic") print "insurance,cost"
	else if (party == "insurer") print "insurance,plan,premium"
	else { print "make.awk: say -v party=hospital, clinic or insurer" > "/dev/stderr"; exit 2 }
	for (p = 1; p <= 800; p++) {
		# Everything is drawn for everybody, so that the tables fit together.
		id = sprintf("V%06d", p * 1237 % 1000003)
		treated = draw(100) < 40; followed = draw(100) < 35; insured = draw(100) < 60
		region = regions[1 + draw(4)]; plan = draw(50); premium = 80 + draw(300)
		cost = sprintf("%d.%02d", 50 + draw(9000), draw(100))
		less = sprintf("%d.%02d", 20 + draw(900), draw(100))
		plan = plans[plan < 25 ? 1 : plan < 40 ? 2 : plan < 49 ? 3 : 4]
		if (party == "hospital" && treated) printf "%s,%s,%s\n", id, region, cost
		if (party == "clinic" && followed) printf " %s,%s\n", tolower(id), less # in its own way
		if (party == "insurer" && insured) printf "%s,%s,%d.00\n", id, plan, premium
	}
}
