package handlers

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"waymark/auth/signin"
	"waymark/fault"
	"waymark/openapi"
)

const maxIdempotencyKey = 128

// createToken signs in with a password, refreshes a sign-in, or lets a device
// act for itself.
func (s *Server) createToken(r *request) error {
	var body openapi.TokenRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	grant, err := s.grant(r, body)
	if err != nil {
		return err
	}
	kind := openapi.TokenTokenTypeBearer
	if grant.Bound {
		kind = openapi.TokenTokenTypeDPoP
	}
	who := grant.Principal
	return r.reply(openapi.Token{
		AccessToken: grant.AccessToken, TokenType: kind,
		ExpiresIn: int(grant.ExpiresIn / time.Second), RefreshToken: grant.RefreshToken,
		Role: string(who.Role), Agency: who.Tenant, Ref: string(who.Ref), Sites: who.Sites,
	})
}

func (s *Server) grant(r *request, body openapi.TokenRequest) (signin.Grant, error) {
	switch body.GrantType {
	case openapi.TokenRequestGrantTypePassword:
		err := require(part{"/agency", body.Agency != ""}, part{"/name", body.Name != ""}, part{"/password", body.Password != ""})
		if err != nil {
			return signin.Grant{}, err
		}
		return s.SignIn.SignIn(r.ctx(), body.Agency, body.Name, string(body.Password), r.shown())
	case openapi.TokenRequestGrantTypeRefreshToken:
		if err := require(part{"/refresh_token", body.RefreshToken != ""}); err != nil {
			return signin.Grant{}, err
		}
		key := r.Get("Idempotency-Key")
		if len(key) > maxIdempotencyKey {
			return signin.Grant{}, fault.New(fault.BadRequest, fault.Field{Pointer: "Idempotency-Key", Code: fault.TooLong})
		}
		return s.SignIn.Refresh(r.ctx(), string(body.RefreshToken), key, r.shown())
	case openapi.TokenRequestGrantTypeDevice:
		return s.SignIn.Tablet(r.ctx(), r.shown())
	default:
		return signin.Grant{}, fault.New(fault.Invalid, fault.Field{
			Pointer: "/grant_type", Code: fault.NotAllowed, Allowed: []string{"password", "refresh_token", "device"},
		})
	}
}

// revokeToken signs out.
func (s *Server) revokeToken(r *request) error {
	var body openapi.RevokeRequest
	if err := r.decode(&body); err != nil {
		return err
	}
	if err := s.SignIn.SignOut(r.ctx(), string(body.RefreshToken)); err != nil {
		return err
	}
	return r.SendStatus(http.StatusNoContent)
}

// listKeys gives the keys that access tokens are signed with.
func (s *Server) listKeys(r *request) error {
	r.Set(fiber.HeaderCacheControl, "public, max-age=300")
	return r.reply(openapi.KeySet{Keys: s.SignIn.PublicKeys()})
}
